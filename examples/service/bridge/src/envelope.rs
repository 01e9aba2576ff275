//! An event on its way.

use std::collections::BTreeMap;

use api::{REMOTE, Work};
use bytes::Bytes;
use pepperplug::{EmitContext, EventContext};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::BridgeError;

/// What goes over the wire, as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Envelope {
    pub(crate) event: String,
    /// The node that has emitted it.
    pub(crate) node: String,
    correlation: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, Value>,
    pub(crate) data: Value,
}

impl Envelope {
    pub(crate) fn of(ctx: &EventContext<'_>, node: &str) -> Result<Self, BridgeError> {
        let metadata = ctx.all_metadata().filter(|(key, _)| *key != REMOTE);
        Ok(Self {
            event: ctx.event().to_owned(),
            node: node.to_owned(),
            correlation: ctx.correlation_id().to_string(),
            metadata: metadata
                .map(|(key, value)| (key.to_owned(), value.clone()))
                .collect(),
            data: ctx.data()?,
        })
    }

    pub(crate) fn to_bytes(&self) -> Result<Bytes, BridgeError> {
        Ok(serde_json::to_vec(self)?.into())
    }

    /// What it carries where it arrives.
    pub(crate) fn context(&self) -> EmitContext {
        let context = api::remote(Work::Arrived).correlation_id(self.correlation.as_str());
        let metadata = self.metadata.iter();
        metadata.fold(context, |context, (key, value)| {
            context.metadata(key.as_str(), value.clone())
        })
    }
}
