//! Opening a file, and reading what is in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::sync::Arc;

use redb::backends::InMemoryBackend;
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable as _, StorageBackend as _,
    StorageError,
};
use serde::de::DeserializeOwned;

use super::{FORMAT, GATEWAYS, META, OpenError, TARGETS};
use crate::record::{GatewayRecord, TargetRecord};

/// The state is in memory already; redb would keep up to a gigabyte of it again.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

pub(super) fn damaged(path: &Path, problem: impl ToString) -> OpenError {
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

pub(super) fn open_file(path: &Path) -> Result<Database, OpenError> {
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

/// Everything in a store, sorted by id. A new one gets its tables.
pub(super) fn read(database: &Database, path: &Path) -> Result<Vec<Arc<GatewayRecord>>, OpenError> {
    if format(database, path)?.is_none() {
        create(database).map_err(|error| OpenError::File {
            path: path.to_owned(),
            source: std::io::Error::other(error),
        })?;
    }
    read_records(database, path)
}

/// Reads a copy of a file, with all its checksums: opening the file itself writes to it, even to one that is refused.
pub(super) fn check_copy(path: &Path) -> Result<(), OpenError> {
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
