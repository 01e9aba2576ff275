//! Power that fails, at any step of a change, on a disk that keeps no promise but those it has made.
//!
//! The disk here is a model. What was written to a file, but not brought to the disk, survives in part or not at all. Of
//! the names that have changed since the last sync, any may survive, whichever came first. A process that is killed is the
//! milder case in which everything survives.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

use super::note;
use crate::resources::index::Index;
use crate::resources::slots::{Disk, LoadError, load, store};

#[derive(Clone, Default)]
struct State {
    /// After how many steps the power fails.
    left: usize,
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    names_on_disk: BTreeMap<String, usize>,
    /// How the names have changed since they were brought to the disk.
    changes: Vec<Change>,
}

#[derive(Clone)]
struct File {
    bytes: Vec<u8>,
    is_on_disk: bool,
}

#[derive(Clone)]
enum Change {
    Made(String, usize),
    Renamed(String, String, usize),
}

impl Change {
    fn make(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Made(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Renamed(from, to, file) => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
        }
    }
}

#[derive(Default)]
struct Model(RefCell<State>);

impl Model {
    /// One more step, unless the power fails before it.
    fn step(&self, step: impl FnOnce(&mut State)) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.left = state.left.checked_sub(1).ok_or(io::ErrorKind::Other)?;
        step(&mut state);
        Ok(())
    }

    fn change(&self, change: Change) -> io::Result<()> {
        self.step(|state| {
            change.make(&mut state.names);
            state.changes.push(change);
        })
    }

    fn with_steps(&self, left: usize) -> Self {
        let mut state = self.0.borrow().clone();
        state.left = left;
        Self(RefCell::new(state))
    }

    /// Every disk that may be found when the power is back, and that which a killed process leaves.
    fn survivors(&self) -> Vec<Self> {
        let state = self.0.borrow();
        let mut found = vec![self.with_steps(usize::MAX)];
        for survive in 0..1_u32 << state.changes.len() {
            let mut names = state.names_on_disk.clone();
            for (at, change) in state.changes.iter().enumerate() {
                if survive & 1 << at != 0 {
                    change.make(&mut names);
                }
            }
            for (part, of) in [(0, 1), (1, 2), (1, 1)] {
                let mut files = state.files.clone();
                for file in files.iter_mut().filter(|file| !file.is_on_disk) {
                    file.bytes.truncate(file.bytes.len() * part / of);
                    file.is_on_disk = true;
                }
                found.push(Self(RefCell::new(State {
                    left: usize::MAX,
                    files,
                    names: names.clone(),
                    names_on_disk: names.clone(),
                    changes: Vec::new(),
                })));
            }
        }
        found
    }
}

impl Disk for Model {
    fn read(&self, name: &str, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let state = self.0.borrow();
        let bytes = |file: &usize| {
            let bytes = &state.files[*file].bytes;
            bytes[..bytes.len().min(limit)].to_vec()
        };
        Ok(state.names.get(name).map(bytes))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let known = self.0.borrow().names.get(name).copied();
        let file = known.unwrap_or(self.0.borrow().files.len());
        let empty = File {
            bytes: Vec::new(),
            is_on_disk: false,
        };
        match known {
            Some(file) => self.step(|state| state.files[file] = empty)?,
            None => {
                self.0.borrow_mut().files.push(empty);
                self.change(Change::Made(name.to_owned(), file))?;
            }
        }
        self.step(|state| state.files[file].bytes = bytes[..bytes.len() / 2].to_vec())?;
        self.step(|state| state.files[file].bytes = bytes.to_vec())?;
        self.step(|state| state.files[file].is_on_disk = true)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let file = self.0.borrow().names[from];
        self.change(Change::Renamed(from.to_owned(), to.to_owned(), file))
    }

    fn sync(&self) -> io::Result<()> {
        self.step(|state| {
            state.names_on_disk = state.names.clone();
            state.changes.clear();
        })
    }
}

/// A disk with an index of some changes.
fn after(changes: u64) -> (Model, Index) {
    let model = Model::default().with_steps(usize::MAX);
    let mut index = Index::default();
    store(&model, &index).expect("the power is on");
    for change in 0..changes {
        index = next(&index, change);
        store(&model, &index).expect("the power is on");
    }
    (model, index)
}

fn next(index: &Index, change: u64) -> Index {
    let name = (change % 3).to_string();
    let next = match index.get(&name) {
        Some(_) => index.update(&name, None, note("at", change)),
        None => index.create(&name, "file", note("at", change)),
    };
    next.expect("a change")
}

/// Every disk that a change leaves which the power interrupts.
fn interrupted(disk: &Model, change: &Index) -> Vec<Model> {
    let mut found = Vec::new();
    for steps in 0.. {
        let disk = disk.with_steps(steps);
        if store(&disk, change).is_ok() {
            // From here on it is acknowledged.
            for survivor in disk.survivors() {
                assert_eq!(loaded(&survivor), *change);
            }
            return found;
        }
        found.extend(disk.survivors());
    }
    unreachable!("it ends")
}

fn loaded(disk: &Model) -> Index {
    let loaded = load(disk).unwrap_or_else(|error| panic!("there is no index: {error:?}"));
    assert_eq!(loaded.damage, None);
    loaded.index
}

#[test]
fn what_was_acknowledged_survives_any_loss_of_power() {
    let mut seen = 0;
    for changes in 0..5 {
        let (disk, acknowledged) = after(changes);
        let first = next(&acknowledged, changes);
        for survivor in interrupted(&disk, &first) {
            let found = loaded(&survivor);
            assert!(found == acknowledged || found == first, "{found:?}");
            // And once more, from what was found. What a process had done that was killed before it was on the disk may
            // still be lost then: nobody was told that it was done.
            let second = next(&found, changes + 1);
            for survivor in interrupted(&survivor, &second) {
                let last = loaded(&survivor);
                assert!(
                    [&acknowledged, &found, &second].contains(&&last),
                    "{last:?}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 5_000, "only {seen} disks were seen");
}

#[test]
fn the_first_index_is_there_or_not() {
    let empty = Model::default();
    for survivor in interrupted(&empty, &Index::default()) {
        match load(&survivor) {
            Ok(loaded) => assert_eq!(loaded.index, Index::default()),
            Err(error) => assert!(matches!(error, LoadError::Empty), "{error:?}"),
        }
    }
}
