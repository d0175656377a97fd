//! Cursors of `tools/list`: where a page ended, signed so that nobody else can write one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the signature that a cursor carries: half of it, as RFC 2104 allows.
const TAG_BYTES: usize = 16;

/// Writes and reads the cursors of one gateway. Its key lives as long as the process: a client that
/// comes back after a restart begins again at the first page.
pub(crate) struct Cursors {
    key: Hmac<Sha256>,
}

/// A cursor that this gateway did not write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadCursor;

impl Cursors {
    pub(crate) fn new() -> Self {
        let key = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Self {
            key: Hmac::new_from_slice(&key).expect("HMAC takes keys of any length"),
        }
    }

    /// The cursor of the page after the tool `last`.
    pub(crate) fn after(&self, last: &str) -> String {
        let tag = self.key.clone().chain_update(last).finalize().into_bytes();
        let mut cursor = tag[..TAG_BYTES].to_vec();
        cursor.extend_from_slice(last.as_bytes());
        URL_SAFE_NO_PAD.encode(cursor)
    }

    /// The tool after which the page begins that `cursor` asks for.
    pub(crate) fn read(&self, cursor: &str) -> Result<String, BadCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| BadCursor)?;
        let (tag, last) = bytes.split_at_checked(TAG_BYTES).ok_or(BadCursor)?;
        let expected = self.key.clone().chain_update(last);
        expected.verify_truncated_left(tag).map_err(|_| BadCursor)?;
        String::from_utf8(last.to_vec()).map_err(|_| BadCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_by_the_gateway_that_wrote_it() {
        let cursors = Cursors::new();
        for last in ["a___b", "", "é___ü"] {
            assert_eq!(cursors.read(&cursors.after(last)).as_deref(), Ok(last));
        }
        assert_eq!(Cursors::new().read(&cursors.after("a___b")), Err(BadCursor));
    }

    #[test]
    fn a_changed_cursor_is_refused() {
        let cursors = Cursors::new();
        let good = cursors.after("files___read");
        let bytes = URL_SAFE_NO_PAD.decode(&good).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(
                cursors.read(&URL_SAFE_NO_PAD.encode(changed)),
                Err(BadCursor),
                "byte {index}"
            );
        }
        let without_tag = URL_SAFE_NO_PAD.encode("files___read");
        for cursor in [
            "",
            "x",
            "%%%",
            without_tag.as_str(),
            &good[..good.len() - 2],
        ] {
            assert_eq!(cursors.read(cursor), Err(BadCursor), "{cursor}");
        }
    }
}
