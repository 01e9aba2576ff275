//! Questions about types that generated code asks in a `const`, so that the answer is in our words.
//!
//! A bound that does not hold is an error of the compiler's own, at whatever needs the bound. Here each question is a type
//! with an inherent constant for those that meet the bound, and a trait's constant of the same name for all others: where
//! both exist, the inherent one wins. So nothing needs the bound, and a check at the user's token says what is wrong.

use core::marker::PhantomData;

use crate::error::BoxError;
use crate::event::{AsyncEvent, HookReturn};
use crate::plugin::PhaseReturn;

/// Brings what a hook or lifecycle method returned into shape; none where it does not fit.
type Into<R, V> = Option<fn(R) -> Result<V, BoxError>>;

/// May hooks of the event `E` be async?
#[derive(Debug)]
pub struct IsAsync<E>(PhantomData<E>);

impl<E: AsyncEvent> IsAsync<E> {
    /// They may.
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

/// The answers where the bound does not hold. All are imported, none is named.
pub mod otherwise {
    use super::{Ends, Into, IsAsync, Returns};

    /// Of [`IsAsync`].
    pub trait IsSync {
        /// They may not.
        const YES: bool = false;
    }

    impl<E> IsSync for IsAsync<E> {}

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
}

/// Brings `output` into shape. The build refuses a program in which that cannot be done.
#[inline(always)]
pub fn convert<R, V>(into: Into<R, V>, output: R) -> Result<V, BoxError> {
    match into {
        Some(into) => into(output),
        None => Err("what it returned does not fit".into()),
    }
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
