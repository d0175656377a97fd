//! The folder that the recordings start from.

use crate::support::Folder;

/// Monday, 1 January 2024.
const MODIFIED: u64 = 1_704_067_200;

/// A picture of one pixel.
const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc`\0\0\x02\0\0\x01\xe2!\xbc3\0\0\0\0IEND\xaeB`\x82";

/// Makes it. `allowed` is the root, `second` another, the rest is out of bounds.
pub(crate) fn seeded() -> Folder {
    let folder = Folder::new();
    for dir in [
        "allowed/docs/deep",
        "allowed/node_modules/x",
        "allowed/empty",
        "outside",
        "second",
        "allowed-sibling",
    ] {
        folder.dir(dir);
    }
    let files: [(&str, &[u8]); 16] = [
        ("allowed/hello.txt", b"one\ntwo\nthree\nfour\nfive\n"),
        ("allowed/nonl.txt", b"a\nb\nc"),
        ("allowed/crlf.txt", b"x\r\ny\r\nz\r\n"),
        ("allowed/docs/readme.md", b"# Title\n\nSome `code` text.\n"),
        ("allowed/docs/deep/note.md", b"deep note\n"),
        ("allowed/node_modules/x/index.js", b"1;\n"),
        ("allowed/.hidden", b"h\n"),
        (
            "allowed/edit.py",
            b"def f():\n    if True:\n        return 1\n\n\ndef g():\n    return 2\n",
        ),
        ("allowed/ticks.md", b"```sh\nls\n```\n"),
        ("allowed/zero.txt", b""),
        ("allowed/pix.png", PIXEL),
        ("allowed/beep.wav", b"RIFF\x24\x00\x00\x00WAVE"),
        ("allowed/data.bin", b"\x00\x01\xff\xfe"),
        ("allowed/latin1.txt", b"caf\xe9\n"),
        ("outside/secret.txt", b"secret\n"),
        ("second/two.txt", b"in the second root\n"),
    ];
    for (name, content) in files {
        folder.file(name, content);
        folder.set_modified(name, MODIFIED);
    }
    for (name, target) in [
        ("link_out", "outside/secret.txt"),
        ("dirlink_out", "outside"),
        ("link_in", "allowed/hello.txt"),
        ("dangling_out", "outside/newfile.txt"),
        ("loop", "allowed/loop"),
    ] {
        folder.link(&format!("allowed/{name}"), folder.path(target));
    }
    folder.set_modified("allowed/docs", MODIFIED);
    folder.set_mode("allowed/docs", 0o755);
    folder.set_mode("allowed/hello.txt", 0o640);
    folder
}
