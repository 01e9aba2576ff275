//! Services: traits that plugins provide and others inject as `Arc<dyn Trait>`.

use crate::inject::Edge;
use crate::meta::ServiceMeta;

/// A trait object that plugins provide and others inject. Implemented by [`#[service]`](macro@crate::service) for
/// `dyn Trait`, never by hand.
#[diagnostic::on_unimplemented(
    message = "[PP022] `{Self}` is not a service, so it cannot be injected or provided",
    label = "the trait is not annotated with `#[service]`",
    note = "annotate the trait: `#[service(\"name\")] pub trait …: Send + Sync`"
)]
pub trait Service: Send + Sync + 'static {
    /// What `#[service]` declares.
    #[doc(hidden)]
    const META: &'static ServiceMeta;
    /// `Arc<dyn Trait>`: exactly one provider, or the one that is named.
    #[doc(hidden)]
    const ARC: Edge = Edge::service_arc::<Self>();
    /// `Option<Arc<dyn Trait>>`: none or one provider.
    #[doc(hidden)]
    const OPTION: Edge = Edge::service_option::<Self>();
    /// `Vec<Arc<dyn Trait>>`: all providers.
    #[doc(hidden)]
    const VEC: Edge = Edge::service_vec::<Self>();
    /// `Lazy<dyn Trait>`: the provider, when first used.
    #[doc(hidden)]
    const LAZY: Edge = Edge::service_lazy::<Self>();
}
