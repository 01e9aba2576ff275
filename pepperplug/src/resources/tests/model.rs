//! Random operations, by two managers on one directory that are opened anew now and then, against a list.

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::resources::{DeleteOptions, Metadata, ResourceInfo, ResourceManager, Revision};

#[derive(Debug, Clone)]
enum Operation {
    Create {
        name: u8,
        file: u8,
        metadata: Metadata,
    },
    Write {
        name: u8,
        file: u8,
        metadata: Metadata,
    },
    Rewrite {
        name: u8,
        is_dropped: bool,
    },
    Update {
        name: u8,
        metadata: Metadata,
    },
    UpdateIf {
        name: u8,
        is_stale: bool,
        metadata: Metadata,
    },
    Delete {
        name: u8,
        file: bool,
    },
    DeleteIf {
        name: u8,
        is_stale: bool,
    },
    Get {
        name: u8,
    },
    Reopen,
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<u8>().prop_map(|number| json!(number)),
        any::<u8>().prop_map(|number| json!({"inner": [number, null]})),
    ];
    prop::collection::btree_map("[a-c]", value, 0..3)
        .prop_map(|entries: BTreeMap<String, Value>| entries.into_iter().collect())
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let (name, file) = (0..4_u8, 0..5_u8);
    prop_oneof![
        4 => (name.clone(), file.clone(), metadata())
            .prop_map(|(name, file, metadata)| Create { name, file, metadata }),
        2 => (name.clone(), file, metadata())
            .prop_map(|(name, file, metadata)| Write { name, file, metadata }),
        2 => (name.clone(), any::<bool>())
            .prop_map(|(name, is_dropped)| Rewrite { name, is_dropped }),
        3 => (name.clone(), metadata()).prop_map(|(name, metadata)| Update { name, metadata }),
        2 => (name.clone(), any::<bool>(), metadata())
            .prop_map(|(name, is_stale, metadata)| UpdateIf { name, is_stale, metadata }),
        2 => (name.clone(), any::<bool>()).prop_map(|(name, file)| Delete { name, file }),
        2 => (name.clone(), any::<bool>())
            .prop_map(|(name, is_stale)| DeleteIf { name, is_stale }),
        2 => name.prop_map(|name| Get { name }),
        1 => Just(Reopen),
    ]
}

/// What the directory should be like.
#[derive(Default)]
struct List {
    resources: Vec<Resource>,
    files: BTreeMap<u8, String>,
    writes: u32,
    last: Option<Revision>,
}

struct Resource {
    name: u8,
    file: u8,
    metadata: Metadata,
    revision: Revision,
}

impl List {
    fn place(&self, name: u8) -> Option<usize> {
        self.resources
            .iter()
            .position(|resource| resource.name == name)
    }

    /// Notes a revision, which is later than all before.
    fn revise(&mut self, info: &ResourceInfo) -> Revision {
        assert!(Some(info.revision) > self.last);
        self.last = Some(info.revision);
        info.revision
    }

    fn create(&mut self, name: u8, file: u8, metadata: Metadata, info: &ResourceInfo) {
        let mut resource = Resource {
            name,
            file,
            metadata: Metadata::new(),
            revision: self.revise(info),
        };
        merge(&mut resource.metadata, metadata);
        self.resources.push(resource);
    }

    fn update(&mut self, place: usize, metadata: Metadata, info: &ResourceInfo) {
        self.resources[place].revision = self.revise(info);
        merge(&mut self.resources[place].metadata, metadata);
    }

    fn contents(&mut self) -> String {
        self.writes += 1;
        format!("contents {}", self.writes)
    }

    fn check(&self, resource: &Resource, info: &ResourceInfo) {
        assert_eq!(info.name, resource.name.to_string());
        assert_eq!(info.path, path(resource.file));
        assert_eq!(info.metadata, resource.metadata);
        assert_eq!(info.revision, resource.revision);
        let size = self.files.get(&resource.file).map(|text| text.len() as u64);
        assert_eq!(info.size, size);
    }
}

fn merge(into: &mut Metadata, metadata: Metadata) {
    into.extend(metadata);
    into.retain(|_, value| !value.is_null());
}

/// Some in folders, some not.
fn path(file: u8) -> String {
    match file {
        0..2 => format!("{file}.txt"),
        _ => format!("in/{}/{file}.txt", file % 2),
    }
}

struct World {
    dir: PathBuf,
    managers: [ResourceManager; 2],
    turn: usize,
    list: List,
}

impl World {
    async fn new(dir: PathBuf) -> Self {
        let managers = [ResourceManager::new(&dir), ResourceManager::new(&dir)];
        for manager in &managers {
            manager.initialize().await.expect("it opens");
        }
        let mut list = List::default();
        for file in 0..2 {
            let text = list.contents();
            std::fs::write(dir.join(path(file)), &text).expect("a file");
            list.files.insert(file, text);
        }
        Self {
            dir,
            managers,
            turn: 0,
            list,
        }
    }

    /// The managers take turns.
    async fn run(&mut self, operation: Operation) {
        self.turn = 1 - self.turn;
        let manager = self.managers[self.turn].clone();
        let list = &mut self.list;
        match operation {
            Operation::Create {
                name,
                file,
                metadata,
            } => {
                let result = manager
                    .create_resource(&name.to_string(), path(file), &metadata)
                    .await;
                match (list.place(name), list.files.contains_key(&file)) {
                    (Some(_), _) => assert_eq!(result.expect_err("taken").code(), "PP276"),
                    (None, false) => assert_eq!(result.expect_err("no file").code(), "PP274"),
                    (None, true) => list.create(name, file, metadata, &result.expect("created")),
                }
            }
            Operation::Write {
                name,
                file,
                metadata,
            } => {
                let result = manager
                    .write_new_resource(&name.to_string(), path(file), &metadata)
                    .await;
                match (list.place(name), list.files.contains_key(&file)) {
                    (Some(_), _) => assert_eq!(result.expect_err("taken").code(), "PP276"),
                    (None, true) => assert_eq!(result.expect_err("a file").code(), "PP282"),
                    (None, false) => {
                        let text = list.contents();
                        let info = write(result.expect("a writer"), &text).await;
                        list.files.insert(file, text);
                        list.create(name, file, metadata, &info);
                    }
                }
            }
            Operation::Rewrite { name, is_dropped } => {
                let result = manager.write_resource(&name.to_string()).await;
                match list.place(name).map(|place| list.resources[place].file) {
                    None => assert_eq!(result.expect_err("unknown").code(), "PP277"),
                    Some(file) if !list.files.contains_key(&file) => {
                        assert_eq!(result.expect_err("no file").code(), "PP274");
                    }
                    Some(_) if is_dropped => drop(result),
                    Some(file) => {
                        let text = list.contents();
                        write(result.expect("a writer"), &text).await;
                        list.files.insert(file, text);
                    }
                }
            }
            Operation::Update { name, metadata } => {
                let result = manager.update_resource(&name.to_string(), &metadata).await;
                match list.place(name) {
                    None => assert_eq!(result.expect_err("unknown").code(), "PP277"),
                    Some(place) => list.update(place, metadata, &result.expect("updated")),
                }
            }
            Operation::UpdateIf {
                name,
                is_stale,
                metadata,
            } => {
                let revision = self.revision(name, is_stale);
                let result = manager
                    .update_if(&name.to_string(), revision, &metadata)
                    .await;
                match self.list.place(name) {
                    None => assert_eq!(result.expect_err("unknown").code(), "PP277"),
                    Some(_) if is_stale => assert_eq!(result.expect_err("stale").code(), "PP278"),
                    Some(place) => self.list.update(place, metadata, &result.expect("updated")),
                }
            }
            Operation::Delete { name, file } => {
                let options = match file {
                    true => DeleteOptions::default().with_file(),
                    false => DeleteOptions::default(),
                };
                let result = manager.delete_with(&name.to_string(), options).await;
                let Some(place) = list.place(name) else {
                    return assert_eq!(result.expect_err("unknown").code(), "PP277");
                };
                let of = list.resources[place].file;
                let users = list
                    .resources
                    .iter()
                    .filter(|resource| resource.file == of)
                    .count();
                if file && users > 1 {
                    return assert_eq!(result.expect_err("shared").code(), "PP281");
                }
                result.expect("deleted");
                list.resources.remove(place);
                if file {
                    list.files.remove(&of);
                }
            }
            Operation::DeleteIf { name, is_stale } => {
                let revision = self.revision(name, is_stale);
                let result = manager.delete_if(&name.to_string(), revision).await;
                match self.list.place(name) {
                    None => assert_eq!(result.expect_err("unknown").code(), "PP277"),
                    Some(_) if is_stale => assert_eq!(result.expect_err("stale").code(), "PP278"),
                    Some(place) => {
                        result.expect("deleted");
                        self.list.resources.remove(place);
                    }
                }
            }
            Operation::Get { name } => {
                let info = manager
                    .get_resource(&name.to_string())
                    .await
                    .expect("an answer");
                let place = list.place(name);
                assert_eq!(info.is_some(), place.is_some());
                if let (Some(info), Some(place)) = (info, place) {
                    list.check(&list.resources[place], &info);
                }
            }
            Operation::Reopen => {
                manager.cleanup().await;
                self.managers[self.turn] = ResourceManager::new(&self.dir);
                let manager = &self.managers[self.turn];
                manager.initialize().await.expect("it opens again");
                assert_eq!(manager.recovery(), None);
            }
        }
    }

    /// That of a resource, or another.
    fn revision(&self, name: u8, is_stale: bool) -> Revision {
        let place = self.list.place(name).filter(|_| !is_stale);
        place.map_or(Revision(u64::MAX), |place| {
            self.list.resources[place].revision
        })
    }

    async fn check(&self) {
        for manager in &self.managers {
            let infos = manager.list_resources().await.expect("a list");
            assert_eq!(infos.len(), self.list.resources.len());
            for (resource, info) in self.list.resources.iter().zip(&infos) {
                self.list.check(resource, info);
            }
        }
        for (file, text) in &self.list.files {
            let found = std::fs::read_to_string(self.dir.join(path(*file)));
            assert_eq!(found.expect("a file"), *text);
        }
    }
}

async fn write(mut writer: crate::resources::ResourceWriter, text: &str) -> ResourceInfo {
    use tokio::io::AsyncWriteExt as _;
    writer
        .write_all(text.as_bytes())
        .await
        .expect("it takes a text");
    let info = writer.commit().await.expect("it is put in place");
    assert_eq!(info.size, Some(text.len() as u64));
    info
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn two_managers_do_what_a_list_would(operations in prop::collection::vec(operation(), 1..40)) {
        let dir = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let mut world = World::new(dir.path().to_owned()).await;
            for operation in operations {
                world.run(operation).await;
                world.check().await;
            }
        });
    }
}
