//! One file with everything that has to survive a restart. Every change is one transaction.

mod open;

use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use redb::backends::InMemoryBackend;
use redb::{Database, TableDefinition, WriteTransaction};
use serde::Serialize;

use self::open::{check_copy, damaged, open_file, read};
use crate::ids::{GatewayId, TargetId};
use crate::plane::Snapshot;
use crate::record::{GatewayRecord, TargetRecord};

/// Version of what is in the tables. A program that finds a higher one leaves the file alone.
const FORMAT: u64 = 1;
const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// By gateway id: JSON.
const GATEWAYS: TableDefinition<&str, &[u8]> = TableDefinition::new("gateways");
/// By gateway id and target id: JSON.
const TARGETS: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("targets");

/// Where the state is kept.
#[derive(Debug, Clone)]
pub enum Location {
    /// In this file, which is created when it is missing.
    File(PathBuf),
    /// Nowhere: it ends with the process.
    Memory,
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "named by the messages")]
pub enum OpenError {
    /// The file cannot be read and written.
    #[error("`{}` could not be opened", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// Another process has it.
    #[error("`{}` is in use by another process\nhint: end the other gateway, or give this one a file of its own", path.display())]
    InUse { path: PathBuf },
    /// A later version wrote it.
    #[error("`{}` was written by a newer version of this program (format {found}, known: {FORMAT})\nhint: use that version, or another file; this one was not changed", path.display())]
    Newer { path: PathBuf, found: u64 },
    /// It is damaged, or something else.
    #[error("`{}` is damaged or not a state file: {problem}\nhint: move it away to start with an empty state, or restore it from a backup", path.display())]
    Damaged { path: PathBuf, problem: String },
}

/// A change could not be written. Nothing of it was.
#[derive(Debug, thiserror::Error)]
#[error("the state could not be saved: {0}")]
pub struct SaveError(String);

impl SaveError {
    fn reopening(error: OpenError) -> Self {
        Self(match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        })
    }
}

/// One record that a transaction writes or removes.
pub(crate) enum Write {
    Gateway(Arc<GatewayRecord>),
    Target(GatewayId, Arc<TargetRecord>),
    RemoveGateway(GatewayId),
    RemoveTarget(GatewayId, TargetId),
}

/// The store.
pub(crate) struct Store {
    /// Nothing after a failure: redb refuses a database for good once a write of it has failed.
    database: Mutex<Option<Database>>,
    open: Box<dyn Fn() -> Result<Database, OpenError> + Send + Sync>,
}

impl Store {
    /// Opens or creates the store and reads everything in it, sorted by id.
    pub(crate) fn open(location: &Location) -> Result<(Self, Vec<Arc<GatewayRecord>>), OpenError> {
        match location {
            Location::Memory => Self::opened(Path::new("memory"), || {
                let database = Database::builder().create_with_backend(InMemoryBackend::new());
                Ok(database.expect("memory is an empty store"))
            }),
            Location::File(path) => {
                // redb asserts what it reads: on a damaged file an assertion may fail instead of an error being returned.
                let opened = catch_unwind(AssertUnwindSafe(|| {
                    check_copy(path)?;
                    let file = path.clone();
                    Self::opened(path, move || open_file(&file))
                }));
                opened.unwrap_or_else(|_| Err(damaged(path, "its pages contradict each other")))
            }
        }
    }

    fn opened(
        path: &Path,
        open: impl Fn() -> Result<Database, OpenError> + Send + Sync + 'static,
    ) -> Result<(Self, Vec<Arc<GatewayRecord>>), OpenError> {
        let database = open()?;
        let gateways = read(&database, path)?;
        let store = Self {
            database: Mutex::new(Some(database)),
            open: Box::new(open),
        };
        Ok((store, gateways))
    }

    /// Writes all of `writes`, which make `state` of the state before, or nothing. Returns when they are on the disk.
    ///
    /// After a failure, such as a full disk, the next change opens the file anew and writes the whole state: it is not known
    /// what of the change that failed is in the file.
    pub(crate) fn commit(&self, state: &Snapshot, writes: &[Write]) -> Result<(), SaveError> {
        let mut kept = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = match kept.take() {
            Some(database) => apply(&database, writes).map(|()| database),
            None => {
                let database = (self.open)().map_err(SaveError::reopening)?;
                write_all(&database, state).map(|()| database)
            }
        };
        *kept = Some(saved.map_err(|error| SaveError(error.to_string()))?);
        Ok(())
    }
}

fn apply(database: &Database, writes: &[Write]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    put(&transaction, writes)?;
    transaction.commit()?;
    Ok(())
}

/// Replaces all that is in the tables.
fn write_all(database: &Database, state: &Snapshot) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.delete_table(GATEWAYS)?;
    transaction.delete_table(TARGETS)?;
    for gateway in state.iter() {
        let targets = gateway.targets.iter().cloned();
        let targets = targets.map(|target| Write::Target(gateway.id.clone(), target));
        let writes: Vec<Write> = std::iter::once(Write::Gateway(gateway.clone()))
            .chain(targets)
            .collect();
        put(&transaction, &writes)?;
    }
    // Also where the file was removed, or the state is empty.
    put(&transaction, &[])?;
    transaction.open_table(META)?.insert("format", FORMAT)?;
    transaction.commit()?;
    Ok(())
}

fn put(transaction: &WriteTransaction, writes: &[Write]) -> Result<(), redb::Error> {
    let mut gateways = transaction.open_table(GATEWAYS)?;
    let mut targets = transaction.open_table(TARGETS)?;
    for write in writes {
        match write {
            Write::Gateway(record) => {
                gateways.insert(record.id.as_str(), json(&**record).as_slice())?;
            }
            Write::Target(gateway, record) => {
                let key = (gateway.as_str(), record.id.as_str());
                targets.insert(key, json(&**record).as_slice())?;
            }
            Write::RemoveGateway(id) => {
                gateways.remove(id.as_str())?;
            }
            Write::RemoveTarget(gateway, id) => {
                targets.remove((gateway.as_str(), id.as_str()))?;
            }
        }
    }
    Ok(())
}

fn json(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("records have string keys only")
}

#[cfg(test)]
mod tests;
