//! Questions about types that generated code asks in a `const`, so that the answer is in our words.
//!
//! A bound that does not hold is an error of the compiler's own, at whatever needs the bound. Here each question is a type
//! with an inherent constant for those that meet the bound, and a trait's constant of the same name for all others: where
//! both exist, the inherent one wins. So nothing needs the bound, and a check at the user's token says what is wrong.

use core::marker::PhantomData;

use crate::error::BoxError;
use crate::event::{AsData, AsyncEvent, Event, HookReturn, IsKeptBy, OfData};
use crate::inject::{Edge, Injectable, SettingsType};
use crate::plugin::{ImplMeta, PP075_write_a_single_plugin_impl_block, PhaseReturn, Shared};
use crate::settings::{Checked, Described};

/// Brings what a hook or lifecycle method returned into shape; none where it does not fit.
type Into<R, V> = Option<fn(R) -> Result<V, BoxError>>;

/// May hooks of the event `E` be async?
#[derive(Debug)]
pub struct IsAsync<E>(PhantomData<E>);

impl<E: AsyncEvent> IsAsync<E> {
    /// They may.
    pub const YES: bool = true;
}

/// Can data be made of an `E`?
#[derive(Debug)]
pub struct IsData<E>(PhantomData<E>);

impl<E: serde::Serialize> IsData<E> {
    /// It can.
    pub const HOW: Option<AsData> = Some(AsData::of::<E>());
}

/// Can an `E` be made of data?
#[derive(Debug)]
pub struct IsMadeOfData<E>(PhantomData<E>);

impl<E: Event + serde::de::DeserializeOwned> IsMadeOfData<E> {
    /// It can.
    pub const HOW: Option<OfData> = Some(OfData::of::<E>());
}

/// Can an `E` be kept?
#[derive(Debug)]
pub struct IsKept<E>(PhantomData<E>);

impl<E: Event + Clone> IsKept<E> {
    /// It can.
    pub const HOW: Option<IsKeptBy> = Some(IsKeptBy::of::<E>());
}

/// Is `T` the same type as `U`?
#[derive(Debug)]
pub struct IsSame<T, U>(PhantomData<(T, U)>);

impl<T> IsSame<T, T> {
    /// It is.
    pub const YES: bool = true;
}

/// May a hook return `R`, where its event takes `V`?
#[derive(Debug)]
pub struct Returns<R, V>(PhantomData<(R, V)>);

impl<R: HookReturn<V>, V> Returns<R, V> {
    /// It may.
    pub const INTO: Into<R, V> = Some(R::into_output);
}

/// May a lifecycle method return `R`?
#[derive(Debug)]
pub struct Ends<R>(PhantomData<R>);

impl<R: PhaseReturn> Ends<R> {
    /// It may.
    pub const INTO: Into<R, ()> = Some(R::into_result);
}

/// Can a plugin of type `P` be shared between threads?
#[derive(Debug)]
pub struct IsShared<P>(PhantomData<P>);

impl<P: Send + Sync + 'static> IsShared<P> {
    /// It can.
    pub const YES: bool = true;
    /// What needs that.
    pub const SHARED: Option<Shared<P>> = Some(Shared::new());
}

/// What does the impl block of the plugin `P` declare?
#[derive(Debug)]
pub struct ImplOf<P>(PhantomData<P>);

impl<P: PP075_write_a_single_plugin_impl_block> ImplOf<P> {
    /// This.
    pub const META: ImplMeta<P> = P::IMPL;
}

/// Has a `T` a default?
#[derive(Debug)]
pub struct Defaults<T>(PhantomData<T>);

impl<T: Default> Defaults<T> {
    /// It has.
    pub const MAKE: Option<fn() -> T> = Some(T::default);
}

/// Can a `T` be read from settings?
#[derive(Debug)]
pub struct SettingsOf<T>(PhantomData<T>);

impl<T: SettingsType> SettingsOf<T> {
    /// It can.
    pub const EDGE: Option<Edge> = Some(T::EDGE);
}

/// Does a `T` check its values?
#[derive(Debug)]
pub struct Checks<T>(PhantomData<T>);

#[cfg(feature = "garde")]
impl<T> Checks<T>
where
    T: serde::de::DeserializeOwned + garde::Validate<Context = ()> + Send + 'static,
{
    /// It does.
    pub const HOW: Option<Checked> = Some(Checked::of::<T>());
}

/// Does a `T` describe itself?
#[derive(Debug)]
pub struct Describes<T>(PhantomData<T>);

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> Describes<T> {
    /// It does.
    pub const HOW: Option<Described> = Some(Described::of::<T>());
}

/// Is `T` a plugin or a service?
#[derive(Debug)]
pub struct CanInject<T: ?Sized>(PhantomData<T>);

impl<T: Injectable + ?Sized> CanInject<T> {
    /// It is.
    pub const YES: bool = true;
}

/// The answers where the bound does not hold. All are imported, none is named.
pub mod otherwise {
    use super::{
        AsData, CanInject, Checked, Checks, Defaults, Described, Describes, Edge, Ends, ImplMeta,
        ImplOf, Into, IsAsync, IsData, IsKept, IsKeptBy, IsMadeOfData, IsSame, IsShared, OfData,
        Returns, SettingsOf, Shared,
    };

    /// Of [`IsAsync`].
    pub trait IsSync {
        /// They may not.
        const YES: bool = false;
    }

    impl<E> IsSync for IsAsync<E> {}

    /// Of [`IsData`].
    pub trait NoData<E> {
        /// It cannot.
        const HOW: Option<AsData> = None;
    }

    impl<E> NoData<E> for IsData<E> {}

    /// Of [`IsMadeOfData`].
    pub trait NotMadeOfData<E> {
        /// It cannot.
        const HOW: Option<OfData> = None;
    }

    impl<E> NotMadeOfData<E> for IsMadeOfData<E> {}

    /// Of [`IsKept`].
    pub trait IsNotKept<E> {
        /// It cannot.
        const HOW: Option<IsKeptBy> = None;
    }

    impl<E> IsNotKept<E> for IsKept<E> {}

    /// Of [`IsSame`].
    pub trait IsOther {
        /// It is not.
        const YES: bool = false;
    }

    impl<T, U> IsOther for IsSame<T, U> {}

    /// Of [`Returns`].
    pub trait ReturnsWrong<R, V> {
        /// It may not.
        const INTO: Into<R, V> = None;
    }

    impl<R, V> ReturnsWrong<R, V> for Returns<R, V> {}

    /// Of [`Ends`].
    pub trait EndsWrong<R> {
        /// It may not.
        const INTO: Into<R, ()> = None;
    }

    impl<R> EndsWrong<R> for Ends<R> {}

    /// Of [`IsShared`].
    pub trait NotShared<P> {
        /// It cannot.
        const YES: bool = false;
        /// It cannot.
        const SHARED: Option<Shared<P>> = None;
    }

    impl<P> NotShared<P> for IsShared<P> {}

    /// Of [`ImplOf`].
    pub trait NoImpl<P: 'static> {
        /// Nothing.
        const META: ImplMeta<P> = ImplMeta::new();
    }

    impl<P: 'static> NoImpl<P> for ImplOf<P> {}

    /// Of [`Defaults`].
    pub trait NoDefault<T> {
        /// It has none.
        const MAKE: Option<fn() -> T> = None;
    }

    impl<T> NoDefault<T> for Defaults<T> {}

    /// Of [`SettingsOf`].
    pub trait NoSettings<T> {
        /// It cannot.
        const EDGE: Option<Edge> = None;
    }

    impl<T> NoSettings<T> for SettingsOf<T> {}

    /// Of [`Checks`].
    pub trait ChecksNothing<T> {
        /// It does not, or nobody asks.
        const HOW: Option<Checked> = None;
    }

    impl<T> ChecksNothing<T> for Checks<T> {}

    /// Of [`Describes`].
    pub trait DescribesNothing<T> {
        /// It does not, or nobody asks.
        const HOW: Option<Described> = None;
    }

    impl<T> DescribesNothing<T> for Describes<T> {}

    /// Of [`CanInject`].
    pub trait CannotInject<T: ?Sized> {
        /// It is not.
        const YES: bool = false;
    }

    impl<T: ?Sized> CannotInject<T> for CanInject<T> {}
}

/// Brings `output` into shape. The build refuses a program in which that cannot be done.
///
/// Not `inline(always)`: in a dev build that is a copy for each hook, where this is one for each type that hooks return.
#[inline]
pub fn convert<R, V>(into: Into<R, V>, output: R) -> Result<V, BoxError> {
    match into {
        Some(into) => into(output),
        None => Err(does_not_fit()),
    }
}

#[cold]
fn does_not_fit() -> BoxError {
    "what it returned does not fit".into()
}

/// The first of a pair. As the first of a pair with what only an event has, a type that is no event is one error however
/// often generated code names it: the same error, at the same place, which the compiler prints once.
pub trait If {
    /// It.
    type Then: ?Sized;
}

impl<T, C> If for (T, C) {
    type Then = T;
}
