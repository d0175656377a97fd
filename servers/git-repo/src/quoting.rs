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

    /// What git's own reader of quoted paths makes of one.
    fn unquoted(quoted: &[u8]) -> Option<Vec<u8>> {
        let Some(inside) = quoted.strip_prefix(b"\"") else {
            return Some(quoted.to_owned());
        };
        let mut left = inside.strip_suffix(b"\"")?;
        let mut path = Vec::new();
        while let [first, rest @ ..] = left {
            (path, left) = match (first, rest) {
                (b'"', _) => return None,
                (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', rest @ ..]) => {
                    let byte = (a - b'0') * 64 + (b - b'0') * 8 + (c - b'0');
                    ([path, vec![byte]].concat(), rest)
                }
                (b'\\', [letter, rest @ ..]) => {
                    let known = b"a\x07b\x08t\tn\nv\x0bf\x0cr\r\"\"\\\\";
                    let pair = known.chunks(2).find(|pair| pair[0] == *letter)?;
                    ([path, vec![pair[1]]].concat(), rest)
                }
                _ => ([path, vec![*first]].concat(), rest),
            };
        }
        Some(path)
    }

    proptest::proptest! {
        #![proptest_config(server_testing::config(500))]

        #[test]
        fn a_quoted_path_is_one_line_and_reads_back(path in proptest::collection::vec(proptest::num::u8::ANY, 0..20), quote_high_bytes: bool) {
            let quoted = Quoting { quote_high_bytes }.path("", &path);
            proptest::prop_assert!(!quoted.iter().any(u8::is_ascii_control), "{:?}", quoted);
            proptest::prop_assert_eq!(unquoted(&quoted), Some(path));
        }
    }
}
