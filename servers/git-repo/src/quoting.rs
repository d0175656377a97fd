//! Paths as git prints them: quoted like a C string when they hold unusual bytes.

/// How a repository wants its paths quoted (`core.quotePath`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoting {
    /// Whether bytes above 0x7f are unusual. git's default.
    pub(crate) quote_high_bytes: bool,
}

impl Quoting {
    /// `path` with `prefix` before it, inside the quotes when there are any.
    pub(crate) fn path(self, prefix: &str, path: &[u8]) -> Vec<u8> {
        let mut quoted = Vec::with_capacity(prefix.len() + path.len());
        if !path.iter().any(|&byte| self.is_unusual(byte)) {
            quoted.extend_from_slice(prefix.as_bytes());
            quoted.extend_from_slice(path);
            return quoted;
        }
        quoted.push(b'"');
        quoted.extend_from_slice(prefix.as_bytes());
        for &byte in path {
            if !self.is_unusual(byte) {
                quoted.push(byte);
                continue;
            }
            let short = match byte {
                0x07 => b'a',
                0x08 => b'b',
                b'\t' => b't',
                b'\n' => b'n',
                0x0b => b'v',
                0x0c => b'f',
                b'\r' => b'r',
                b'"' | b'\\' => byte,
                _ => {
                    quoted.extend_from_slice(format!("\\{byte:03o}").as_bytes());
                    continue;
                }
            };
            quoted.extend_from_slice(&[b'\\', short]);
        }
        quoted.push(b'"');
        quoted
    }

    /// [`Quoting::path`] as text, for fields and messages.
    pub(crate) fn text(self, path: &[u8]) -> String {
        String::from_utf8_lossy(&self.path("", path)).into_owned()
    }

    fn is_unusual(self, byte: u8) -> bool {
        match byte {
            0..=0x1f | b'"' | b'\\' | 0x7f => true,
            0x80.. => self.quote_high_bytes,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_bytes_are_escaped_as_git_does() {
        let quoting = Quoting {
            quote_high_bytes: true,
        };
        let cases: [(&[u8], &[u8]); 4] = [
            (b"with space", b"a/with space"),
            (b"tab\there", b"\"a/tab\\there\""),
            (b"caf\xc3\xa9", b"\"a/caf\\303\\251\""),
            (b"q\"\x7f\x01", b"\"a/q\\\"\\177\\001\""),
        ];
        for (path, expected) in cases {
            assert_eq!(quoting.path("a/", path), expected);
        }
        let plain = Quoting {
            quote_high_bytes: false,
        };
        assert_eq!(plain.path("", "café".as_bytes()), "café".as_bytes());
    }
}
