//! One file with everything that has to survive a restart. Every change is one transaction.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::InMemoryBackend;
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable as _, StorageBackend as _,
    StorageError, TableDefinition,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ids::{GatewayId, TargetId};
use crate::record::{GatewayRecord, TargetRecord};

/// Version of what is in the tables. A program that finds a higher one leaves the file alone.
const FORMAT: u64 = 1;
/// The state is in memory already; redb would keep up to a gigabyte of it again.
const CACHE_BYTES: usize = 4 * 1024 * 1024;
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

/// One record that a transaction writes or removes.
pub(crate) enum Write {
    Gateway(Arc<GatewayRecord>),
    Target(GatewayId, Arc<TargetRecord>),
    RemoveGateway(GatewayId),
    RemoveTarget(GatewayId, TargetId),
}

/// The store.
pub(crate) struct Store {
    database: Database,
}

impl Store {
    /// Opens or creates the store and reads everything in it, sorted by id.
    pub(crate) fn open(location: &Location) -> Result<(Self, Vec<Arc<GatewayRecord>>), OpenError> {
        match location {
            Location::Memory => {
                let database = Database::builder().create_with_backend(InMemoryBackend::new());
                read(
                    database.expect("memory is an empty store"),
                    Path::new("memory"),
                )
            }
            Location::File(path) => {
                // redb asserts what it reads: on a damaged file an assertion may fail instead of an error being returned.
                let opened = catch_unwind(AssertUnwindSafe(|| {
                    check_copy(path)?;
                    read(open_file(path)?, path)
                }));
                opened.unwrap_or_else(|_| Err(damaged(path, "its pages contradict each other")))
            }
        }
    }

    /// Writes all of `writes`, or nothing. Returns when they are on the disk.
    pub(crate) fn commit(&self, writes: &[Write]) -> Result<(), SaveError> {
        self.write(writes)
            .map_err(|error| SaveError(error.to_string()))
    }

    fn write(&self, writes: &[Write]) -> Result<(), redb::Error> {
        let transaction = self.database.begin_write()?;
        {
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
        }
        transaction.commit()?;
        Ok(())
    }
}

fn json(record: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(record).expect("records have string keys only")
}

fn damaged(path: &Path, problem: impl ToString) -> OpenError {
    OpenError::Damaged {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}

fn open_error(path: &Path, error: DatabaseError) -> OpenError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse { path },
        DatabaseError::Storage(StorageError::Io(source))
            if !matches!(
                source.kind(),
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof
            ) =>
        {
            OpenError::File { path, source }
        }
        error => damaged(&path, error),
    }
}

fn open_file(path: &Path) -> Result<Database, OpenError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    // Descriptions and instructions are nobody else's business.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file_error = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    let file = options.open(path).map_err(file_error)?;
    Database::builder()
        .set_cache_size(CACHE_BYTES)
        .create_file(file)
        .map_err(|error| open_error(path, error))
}

fn read(database: Database, path: &Path) -> Result<(Store, Vec<Arc<GatewayRecord>>), OpenError> {
    if format(&database, path)?.is_none() {
        create(&database).map_err(|error| OpenError::File {
            path: path.to_owned(),
            source: std::io::Error::other(error),
        })?;
    }
    let gateways = read_records(&database, path)?;
    Ok((Store { database }, gateways))
}

/// Reads a copy of a file, with all its checksums: opening the file itself writes to it, even to one that is refused.
fn check_copy(path: &Path) -> Result<(), OpenError> {
    let file_error = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(file_error)?,
    };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::InUse {
                path: path.to_owned(),
            });
        }
        locked => locked.map_err(|error| file_error(error.into()))?,
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(file_error)?;
    if content.is_empty() {
        return Ok(());
    }
    let memory = InMemoryBackend::new();
    memory.set_len(content.len() as u64).map_err(file_error)?;
    memory.write(0, &content).map_err(file_error)?;
    let opened = Database::builder().create_with_backend(memory);
    let mut copy = opened.map_err(|error| damaged(path, error))?;
    copy.check_integrity()
        .map_err(|error| damaged(path, error))?;
    format(&copy, path)?;
    read_records(&copy, path).map(|_| ())
}

/// The format of a store; nothing if it is new.
fn format(database: &impl ReadableDatabase, path: &Path) -> Result<Option<u64>, OpenError> {
    let found = || -> Result<Option<u64>, redb::Error> {
        let transaction = database.begin_read()?;
        if transaction.list_tables()?.next().is_none() {
            return Ok(None);
        }
        let format = transaction.open_table(META)?.get("format")?;
        Ok(Some(format.map_or(0, |format| format.value())))
    };
    match found().map_err(|error| damaged(path, error))? {
        Some(found) if found > FORMAT => Err(OpenError::Newer {
            path: path.to_owned(),
            found,
        }),
        Some(found) if found < FORMAT => Err(damaged(
            path,
            format_args!("format {found} was never written"),
        )),
        known => Ok(known),
    }
}

fn create(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(META)?.insert("format", FORMAT)?;
    transaction.open_table(GATEWAYS)?;
    transaction.open_table(TARGETS)?;
    transaction.commit()?;
    Ok(())
}

fn read_records(database: &Database, path: &Path) -> Result<Vec<Arc<GatewayRecord>>, OpenError> {
    let rows = || -> Result<_, redb::Error> {
        let transaction = database.begin_read()?;
        let mut gateways = Vec::new();
        for row in transaction.open_table(GATEWAYS)?.iter()? {
            gateways.push(row?.1.value().to_vec());
        }
        let mut targets = Vec::new();
        for row in transaction.open_table(TARGETS)?.iter()? {
            let (key, value) = row?;
            targets.push((key.value().0.to_owned(), value.value().to_vec()));
        }
        Ok((gateways, targets))
    };
    let (gateways, targets) = rows().map_err(|error| damaged(path, error))?;
    let mut records = Vec::with_capacity(gateways.len());
    for json in gateways {
        records.push(record::<GatewayRecord>(&json, path)?);
    }
    for (gateway, json) in targets {
        let target = record::<TargetRecord>(&json, path)?;
        let gateway = records
            .iter_mut()
            .find(|record| record.id.as_str() == gateway)
            .ok_or_else(|| damaged(path, format_args!("target {} has no gateway", target.id)))?;
        gateway.targets.push(Arc::new(target));
    }
    Ok(records.into_iter().map(Arc::new).collect())
}

fn record<T: DeserializeOwned>(json: &[u8], path: &Path) -> Result<T, OpenError> {
    serde_json::from_slice(json)
        .map_err(|error| damaged(path, format_args!("a record cannot be read: {error}")))
}
