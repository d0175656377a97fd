//! A disk that refuses.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use redb::StorageBackend;
use redb::backends::FileBackend;

use super::*;
use crate::record::Origin;
use crate::shapes::gateway::GatewaySettings;
use crate::shapes::request::Body;

/// A file on a disk that can be full: what is there can be read, nothing is taken.
#[derive(Debug)]
struct Disk {
    file: FileBackend,
    is_full: Arc<AtomicBool>,
}

impl Disk {
    fn room(&self) -> io::Result<()> {
        match self.is_full.load(Ordering::SeqCst) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.room()?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.room()?;
        self.file.write(offset, data)
    }
}

fn gateway(name: &str) -> Arc<GatewayRecord> {
    let settings = format!(
        r#"{{"name": "{name}", "roleArn": "arn:aws:iam::123456789012:role/gateway", "authorizerType": "NONE"}}"#
    );
    let body = Body::parse(settings.as_bytes()).unwrap();
    Arc::new(GatewayRecord {
        id: GatewayId::generate(name),
        settings: GatewaySettings::for_create(body).unwrap(),
        origin: Origin::Api,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        tags: Default::default(),
        client_token: None,
        targets: Vec::new(),
    })
}

#[test]
fn a_full_disk_refuses_changes_only_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let is_full = Arc::new(AtomicBool::new(false));
    let (file, full) = (path.clone(), is_full.clone());
    let open = move || {
        let mut options = std::fs::OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let file = FileBackend::new(options.open(&file).unwrap()).unwrap();
        let is_full = full.clone();
        let disk = Disk { file, is_full };
        Database::builder()
            .create_with_backend(disk)
            .map_err(|error| damaged(Path::new("state"), error))
    };
    let (store, none) = Store::opened(&path, open).unwrap();
    assert!(none.is_empty());
    let [before, refused, after] = ["before", "refused", "after"].map(gateway);
    let create = |record: &Arc<GatewayRecord>| [Write::Gateway(record.clone())];
    let first: Snapshot = [before.clone()].into();
    store.commit(&first, &create(&before)).unwrap();

    is_full.store(true, Ordering::SeqCst);
    // The first failure, and what comes when the file cannot even be opened anew.
    for _ in 0..3 {
        let state: Snapshot = [before.clone(), refused.clone()].into();
        let error = store.commit(&state, &create(&refused)).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the state could not be saved: "),
            "{error}"
        );
    }

    is_full.store(false, Ordering::SeqCst);
    let state: Snapshot = [before.clone(), after.clone()].into();
    store.commit(&state, &create(&after)).unwrap();
    store
        .commit(
            &[after.clone()].into(),
            &[Write::RemoveGateway(before.id.clone())],
        )
        .unwrap();
    drop(store);
    let (_, left) = Store::open(&Location::File(path)).unwrap();
    let names: Vec<&str> = left.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(names, [after.id.as_str()]);
}
