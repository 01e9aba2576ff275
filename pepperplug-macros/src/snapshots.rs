//! Reviewed expansions. A change here is a change of what every user's build compiles: look at it as such.

use proc_macro2::TokenStream;
use quote::quote;

use crate::driver;

type Entry = fn(TokenStream, TokenStream) -> TokenStream;

fn expand(entry: Entry, attr: TokenStream, item: TokenStream) -> String {
    pretty(entry(attr, item))
}

fn pretty(tokens: TokenStream) -> String {
    let file = match syn::parse2(tokens.clone()) {
        Ok(file) => file,
        Err(error) => panic!("the expansion does not parse: {error}\n{tokens}"),
    };
    prettyplease::unparse(&file)
}

#[test]
fn plugin_struct() {
    let attr = quote!(
        name = "auth",
        version = "1.0.0",
        description = "Authentication",
        requires("config", "cache >=1.2, <3"),
        provides(dyn Authenticator),
        emits(UserLogin, UserLogout),
        optional,
        timeout = "5s"
    );
    let item = quote! {
        /// Documented.
        pub struct AuthPlugin {
            #[inject]
            database: Arc<DatabasePlugin>,
            #[inject]
            cache: std::sync::Arc<dyn Cache>,
            #[inject("audit", version = "^1.2")]
            audit: Option<Arc<AuditPlugin>>,
            #[cfg(feature = "providers")]
            #[inject]
            providers: Vec<Arc<dyn AuthProvider>>,
            #[inject]
            mailer: Lazy<MailPlugin>,
            #[inject]
            events: Events,
            #[inject(settings)]
            settings: AuthSettings,
            #[init(Duration::from_secs(5))]
            patience: Duration,
            signer: Option<Signer>,
        }
    };
    insta::assert_snapshot!(expand(driver::plugin, attr, item));
}

#[test]
fn plugin_of_the_library_itself() {
    let expansion = expand(
        driver::plugin,
        quote!(name = "own", crate = crate),
        quote!(
            pub struct OwnPlugin;
        ),
    );
    insta::assert_snapshot!(expansion);
}

#[test]
fn plugin_impl() {
    let item = quote! {
        impl AuthPlugin {
            async fn initialize(&mut self) -> Result<(), AuthError> { Ok(()) }
            fn cleanup(&self) {}
            async fn reconfigure(&self, settings: AuthSettings) -> Result<(), AuthError> { Ok(()) }

            #[hook("user.login", priority = high, timeout = "5s", retries = 3, on_error = ignore)]
            async fn on_login(&self, login: &UserLogin) -> Result<(), AuthError> { Ok(()) }

            #[hook("http.request", before("rate-limit", "cache"), sequential)]
            fn authenticate(&self, request: &mut HttpRequest, ctx: &EventContext) {}

            #[hook("user.*")]
            fn audit(&self, ctx: &EventContext) {}
        }
    };
    insta::assert_snapshot!(expand(driver::plugin, TokenStream::new(), item));
}

#[test]
fn free_function() {
    let attr = quote!("app.startup");
    let item = quote! {
        pub(crate) async fn warm_up(event: &AppStartup, cache: Arc<dyn Cache>, #[inject(settings)] settings: &Warm) {}
    };
    insta::assert_snapshot!(expand(driver::hook, attr, item));
}

#[test]
fn event() {
    let attr = quote!("http.request", mode = first, output = Identity, retries = 2);
    insta::assert_snapshot!(expand(
        driver::event,
        attr,
        quote!(
            pub struct HttpRequest {
                pub path: String,
            }
        )
    ));
}

#[test]
fn service() {
    insta::assert_snapshot!(expand(
        driver::service,
        quote!("cache"),
        quote!(
            pub trait Cache: Send + Sync {}
        )
    ));
}

#[test]
fn plugins() {
    let tokens = driver::plugins(quote!(
        auth::AuthPlugin,
        #[cfg(feature = "postgres")]
        database::DatabasePlugin
    ));
    insta::assert_snapshot!(pretty(quote!(static PLUGINS: PluginSet = #tokens;)));
}
