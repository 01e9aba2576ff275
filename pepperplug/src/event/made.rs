//! Events that are made of data, and what comes of them as data.

#![allow(
    unsafe_code,
    reason = "an output's type is erased, and told to the function that makes data of it"
)]

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::mode::{Mode, Returned};
use super::{DataError, EmitContext, Event, EventMeta, EventMode, ToValue};
use crate::error::{EmitError, Error};
use crate::hook::{Dispatcher, DynamicEmit, Emitting, HookResult, made_of};

/// Makes an event of `data`, emits it, and makes data of what comes of it.
pub(super) fn emit<E: Event + DeserializeOwned>(
    dispatcher: &Dispatcher,
    data: Value,
    context: EmitContext,
) -> DynamicEmit<'_> {
    Box::pin(async move {
        let answers = matches!(E::META.mode(), EventMode::First | EventMode::Collect);
        if answers && E::META.output_to_value.is_none() {
            return Err(refuse(DataError::no_output(E::META)));
        }
        let mut event: E = made_of(data)?;
        let lent = <E::Mode as Mode>::lend(&mut event);
        let returned: Returned<E> = Emitting::new(dispatcher, lent).with(context).await?;
        match (E::META.mode(), E::META.to_value) {
            // SAFETY: of the event's own type.
            (EventMode::Transform, Some(how)) => unsafe { how((&raw const event).cast()) },
            _ => <E::Mode as Mode>::tell::<E::Output>(&returned, E::META),
        }
        .map_err(|error| refuse(DataError::failed(E::META, error)))
    })
}

fn refuse(error: DataError) -> Error {
    Error::Emit(EmitError::Data(error))
}

type Told = Result<Value, serde_json::Error>;

/// # Safety
/// `how` is that of an `O`.
unsafe fn output<O>(output: &O, how: ToValue) -> Told {
    // SAFETY: the caller's promise.
    unsafe { how(core::ptr::from_ref(output).cast()) }
}

pub(super) fn tell_one<O>(answer: Option<&O>, meta: &EventMeta) -> Told {
    match (answer, meta.output_to_value) {
        // SAFETY: that of the event's output.
        (Some(answer), Some(how)) => unsafe { output(answer, how) },
        _ => Ok(Value::Null),
    }
}

pub(super) fn tell_all<O>(results: &[HookResult<O>], meta: &EventMeta) -> Told {
    let tell = |result: &HookResult<O>| {
        let (plugin, hook) = (result.plugin, result.hook);
        Ok(match &result.outcome {
            Ok(answer) => {
                let answer = tell_one(Some(answer), meta)?;
                json!({ "plugin": plugin, "hook": hook, "answer": answer })
            }
            Err(error) => {
                let error = crate::hook::text_of(error);
                json!({ "plugin": plugin, "hook": hook, "error": error })
            }
        })
    };
    results
        .iter()
        .map(tell)
        .collect::<Result<Vec<_>, _>>()
        .map(Value::Array)
}
