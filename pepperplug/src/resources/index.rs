//! The records of all resources, as a value: each change makes another one.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::ResourceError;
use super::info::Revision;
use crate::suggest::nearest;

/// What is noted of a resource: names and values.
pub type Metadata = Map<String, Value>;

/// How many bytes the metadata of a resource may have as JSON: the index is written as a whole.
const LONGEST_METADATA: usize = 64 * 1024;

/// What is kept of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) metadata: Metadata,
    pub(super) revision: u64,
    /// Its first revision, which tells it from another of the same name.
    pub(super) created: u64,
}

impl Record {
    /// Refuses a record that is not as the caller has seen it.
    pub(super) fn expect(&self, revision: Option<Revision>) -> Result<(), ResourceError> {
        match revision {
            Some(expected) if expected.0 != self.revision => Err(ResourceError::Changed {
                name: self.name.clone(),
                expected,
                found: Revision(self.revision),
            }),
            _ => Ok(()),
        }
    }
}

/// All records, in the order of their creation.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Index {
    /// How many changes led to it.
    pub(super) sequence: u64,
    /// The revision that the next change gives.
    next_revision: u64,
    records: Vec<Arc<Record>>,
    by_name: HashMap<String, usize>,
}

impl Index {
    /// `None` where two records have one name or a revision is given twice, so that no program wrote it.
    pub(super) fn from_parts(
        sequence: u64,
        next_revision: u64,
        records: Vec<Record>,
    ) -> Option<Self> {
        let index = Self {
            sequence,
            next_revision,
            by_name: places(records.iter()),
            records: records.into_iter().map(Arc::new).collect(),
        };
        let in_order = index
            .records
            .windows(2)
            .all(|two| two[0].created < two[1].created);
        let known = index
            .records
            .iter()
            .all(|record| record.created <= record.revision && record.revision < next_revision);
        (in_order && known && index.by_name.len() == index.records.len()).then_some(index)
    }

    pub(super) fn next_revision(&self) -> u64 {
        self.next_revision
    }

    pub(super) fn records(&self) -> &[Arc<Record>] {
        &self.records
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<Record>> {
        self.by_name.get(name).map(|&place| &self.records[place])
    }

    /// The record of a resource that must be there.
    pub(super) fn known(&self, name: &str) -> Result<&Arc<Record>, ResourceError> {
        self.get(name).ok_or_else(|| {
            let names = self.records.iter().map(|record| record.name.as_str());
            ResourceError::Unknown {
                name: name.to_owned(),
                suggestion: nearest(name, names).map(str::to_owned),
            }
        })
    }

    /// Refuses a name that is taken.
    pub(super) fn free(&self, name: &str) -> Result<(), ResourceError> {
        match self.get(name) {
            Some(record) => Err(ResourceError::Exists {
                name: name.to_owned(),
                path: record.path.clone(),
            }),
            None => Ok(()),
        }
    }

    /// The other resources with the same path.
    pub(super) fn sharing(&self, record: &Record) -> Vec<String> {
        let others = self
            .records
            .iter()
            .filter(|other| other.path == record.path);
        let names = others.map(|other| other.name.clone());
        names.filter(|name| *name != record.name).collect()
    }

    pub(super) fn create(
        &self,
        name: &str,
        path: &str,
        metadata: Metadata,
    ) -> Result<Self, ResourceError> {
        self.free(name)?;
        let mut record = Record {
            name: name.to_owned(),
            path: path.to_owned(),
            metadata: Metadata::new(),
            revision: self.next_revision,
            created: self.next_revision,
        };
        merge(&mut record, metadata)?;
        let mut next = self.changed();
        next.by_name.insert(name.to_owned(), next.records.len());
        next.records.push(Arc::new(record));
        Ok(next)
    }

    pub(super) fn update(
        &self,
        name: &str,
        revision: Option<Revision>,
        metadata: Metadata,
    ) -> Result<Self, ResourceError> {
        let mut record = Record::clone(self.known(name)?);
        record.expect(revision)?;
        merge(&mut record, metadata)?;
        record.revision = self.next_revision;
        let mut next = self.changed();
        let place = next.by_name[name];
        next.records[place] = Arc::new(record);
        Ok(next)
    }

    pub(super) fn delete(
        &self,
        name: &str,
        revision: Option<Revision>,
    ) -> Result<Self, ResourceError> {
        self.known(name)?.expect(revision)?;
        let mut next = self.changed();
        next.records.remove(self.by_name[name]);
        next.by_name = places(next.records.iter().map(Arc::as_ref));
        Ok(next)
    }

    /// The same after the loss of a change: revisions are left out that lost changes may have given already.
    pub(super) fn recovered(&self) -> Self {
        const LOST: u64 = 1 << 20;
        let mut index = self.changed();
        index.next_revision = index.next_revision.saturating_add(LOST);
        index
    }

    fn changed(&self) -> Self {
        Self {
            sequence: self.sequence + 1,
            next_revision: self.next_revision + 1,
            ..self.clone()
        }
    }
}

fn places<'a>(records: impl Iterator<Item = &'a Record>) -> HashMap<String, usize> {
    let place = |(place, record): (usize, &Record)| (record.name.clone(), place);
    records.enumerate().map(place).collect()
}

/// What a caller gives as metadata: whatever serde makes an object of, or nothing.
pub(super) fn metadata(name: &str, metadata: &impl Serialize) -> Result<Metadata, ResourceError> {
    let refused = |why: String| ResourceError::Metadata {
        name: name.to_owned(),
        why,
    };
    match serde_json::to_value(metadata) {
        Ok(Value::Object(metadata)) => Ok(metadata),
        Ok(Value::Null) => Ok(Metadata::new()),
        Ok(other) => Err(refused(format!(
            "it is names with values, as of a struct, a map or `json!({{…}})`, and not {}",
            kind(&other)
        ))),
        Err(error) => Err(refused(format!("it does not make JSON: {error}"))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Replaces the values of some keys, and takes away those that are now null.
fn merge(record: &mut Record, metadata: Metadata) -> Result<(), ResourceError> {
    for (key, value) in metadata {
        if value.is_null() {
            record.metadata.remove(&key);
        } else {
            record.metadata.insert(key, value);
        }
    }
    let length = serde_json::to_string(&record.metadata).map_or(usize::MAX, |text| text.len());
    if length > LONGEST_METADATA {
        return Err(ResourceError::Metadata {
            name: record.name.clone(),
            why: format!(
                "it has {length} bytes as JSON, and at most {LONGEST_METADATA} are kept; put them into the file"
            ),
        });
    }
    Ok(())
}
