//! Where our answer is another one than upstream's: what it is instead, and which row of the
//! README's table says why. `$A` stands for the root.

/// What we answer.
pub(crate) enum Ours {
    /// A failure with exactly this text.
    Refused(&'static str),
    /// A failure `invalid_arguments` that names this argument; its wording is the adapter's.
    Arguments(&'static str),
    /// A success with exactly this text.
    Text(&'static str),
    /// The listing that upstream gives, but for these lines.
    Lines(&'static [(&'static str, &'static str)]),
    /// An error of the protocol with this code.
    Protocol(i64),
}

use Ours::{Arguments, Lines, Protocol, Refused, Text};

const ERROR_TEXTS: &str = "Error texts";
const LINES: &str = "`head` and `tail`";
const INDENTATION: &str = "Edit that matches without white space";
const SIZES: &str = "Sizes of links";

/// Recording (`read_file` answers as `read_text_file`), row of the table, answer.
pub(crate) const DIFFERENCES: &[(&str, &str, Ours)] = &[
    (
        "read_text_file.5",
        ERROR_TEXTS,
        Refused("invalid_arguments: `head` and `tail` exclude each other: give one of them"),
    ),
    ("read_text_file.10", LINES, Text("y\r\nz")),
    (
        "read_text_file.16",
        ERROR_TEXTS,
        Refused("not_found: ENOENT: no such file or directory: `$A/nodir/nope.txt`"),
    ),
    (
        "read_text_file.17",
        ERROR_TEXTS,
        Refused(
            "is_a_directory: EISDIR: this is a directory: `$A/docs`\nhint: `list_directory` shows what is in it",
        ),
    ),
    (
        "read_text_file.19",
        ERROR_TEXTS,
        Refused("outside_roots: `../outside/secret.txt` is outside the allowed directories: `$A`"),
    ),
    (
        "read_text_file.20",
        ERROR_TEXTS,
        Refused("outside_roots: `$A-sibling/x.txt` is outside the allowed directories: `$A`"),
    ),
    (
        "read_text_file.22",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/dirlink_out/secret.txt` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "read_text_file.25",
        ERROR_TEXTS,
        Refused("invalid_path: \"$A/a\\0b\" is not a path: it holds a NUL character"),
    ),
    (
        "read_text_file.26",
        "Names with `\\` or `:`",
        Refused("not_found: ENOENT: no such file or directory: `C:\\Users\\x`"),
    ),
    (
        "read_text_file.28",
        ERROR_TEXTS,
        Refused(
            "is_a_directory: EISDIR: this is a directory: `.`\nhint: `list_directory` shows what is in it",
        ),
    ),
    ("read_text_file.29", ERROR_TEXTS, Arguments("head")),
    ("read_text_file.31", LINES, Arguments("head")),
    ("read_text_file.32", ERROR_TEXTS, Arguments("path")),
    (
        "read_media_file.5",
        ERROR_TEXTS,
        Refused("not_found: ENOENT: no such file or directory: `$A/nope.png`"),
    ),
    (
        "read_media_file.7",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/link_out` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "read_multiple_files.1",
        ERROR_TEXTS,
        Text(
            "$A/hello.txt:\none\ntwo\nthree\nfour\nfive\n\n\n---\n\
             $A/nope.txt: Error - not_found: ENOENT: no such file or directory: `$A/nope.txt`\n---\n\
             ${ROOT}/outside/secret.txt: Error - outside_roots: `${ROOT}/outside/secret.txt` is outside the allowed directories: `$A`\n---\n\
             $A/nonl.txt:\na\nb\nc\n",
        ),
    ),
    (
        "read_multiple_files.2",
        ERROR_TEXTS,
        Refused("invalid_arguments: `paths` is empty: give at least one path"),
    ),
    (
        "list_directory.4",
        ERROR_TEXTS,
        Refused("not_found: ENOENT: no such file or directory: `$A/nope`"),
    ),
    (
        "list_directory.5",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/dirlink_out` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "list_directory_with_sizes.1",
        SIZES,
        Lines(&[
            (
                "[FILE] dirlink_out                       4.00 KB",
                "[FILE] dirlink_out                           0 B",
            ),
            (
                "[FILE] link_out                              7 B",
                "[FILE] link_out                              0 B",
            ),
            ("Combined size: 4.23 KB", "Combined size: 228 B"),
        ]),
    ),
    (
        "list_directory_with_sizes.2",
        "`sortBy: size`",
        Text(
            "[DIR] docs                           \n\
             [DIR] empty                          \n\
             [DIR] node_modules                   \n\
             [FILE] pix.png                              67 B\n\
             [FILE] edit.py                              63 B\n\
             [FILE] hello.txt                            24 B\n\
             [FILE] link_in                              24 B\n\
             [FILE] ticks.md                             13 B\n\
             [FILE] beep.wav                             12 B\n\
             [FILE] crlf.txt                              9 B\n\
             [FILE] latin1.txt                            5 B\n\
             [FILE] nonl.txt                              5 B\n\
             [FILE] data.bin                              4 B\n\
             [FILE] .hidden                               2 B\n\
             [FILE] dangling_out                          0 B\n\
             [FILE] dirlink_out                           0 B\n\
             [FILE] link_out                              0 B\n\
             [FILE] loop                                  0 B\n\
             [FILE] zero.txt                              0 B\n\
             \n\
             Total: 16 files, 3 directories\n\
             Combined size: 228 B",
        ),
    ),
    (
        "directory_tree.5",
        ERROR_TEXTS,
        Refused("not_a_directory: ENOTDIR: not a directory, or below a file: `$A/hello.txt`"),
    ),
    (
        "search_files.10",
        ERROR_TEXTS,
        Refused("outside_roots: `${ROOT}` is outside the allowed directories: `$A`"),
    ),
    (
        "get_file_info.4",
        ERROR_TEXTS,
        Refused("not_found: ENOENT: no such file or directory: `$A/nope`"),
    ),
    (
        "get_file_info.5",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/link_out` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "create_directory.3",
        ERROR_TEXTS,
        Refused("already_exists: EEXIST: exists already: `$A/hello.txt`"),
    ),
    (
        "create_directory.4",
        ERROR_TEXTS,
        Refused("not_a_directory: ENOTDIR: not a directory, or below a file: `$A/hello.txt/sub`"),
    ),
    (
        "create_directory.5",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/dirlink_out/sub` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "create_directory.6",
        ERROR_TEXTS,
        Refused("outside_roots: `${ROOT}/outside/sub` is outside the allowed directories: `$A`"),
    ),
    (
        "write_file.3",
        ERROR_TEXTS,
        Refused(
            "not_found: ENOENT: no such directory: `$A/none`, in which `$A/none/w.txt` would be\nhint: make it with `create_directory`",
        ),
    ),
    (
        "write_file.4",
        ERROR_TEXTS,
        Refused(
            "is_a_directory: EISDIR: this is a directory: `$A/docs`\nhint: `list_directory` shows what is in it",
        ),
    ),
    (
        "write_file.5",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/link_out` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "write_file.6",
        "Dangling link that leads out",
        Refused(
            "outside_roots: `$A/dangling_out` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "write_file.7",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/dirlink_out/x.txt` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "write_file.9",
        ERROR_TEXTS,
        Refused("outside_roots: `${ROOT}/outside/x.txt` is outside the allowed directories: `$A`"),
    ),
    ("write_file.10", ERROR_TEXTS, Arguments("content")),
    (
        "edit_file.3",
        INDENTATION,
        Text(
            "```diff\nIndex: $A/edit.py\n\
             ===================================================================\n\
             --- $A/edit.py\toriginal\n+++ $A/edit.py\tmodified\n\
             @@ -1,7 +1,8 @@\n def f():\n\
             -    if True:\n-        return 1\n\
             +    if False:\n+        return 10\n+        # end\n \n \n def g():\n     return 3\n\
             ```\n\n",
        ),
    ),
    (
        "read_text_file.35",
        INDENTATION,
        Text(
            "def f():\n    if False:\n        return 10\n        # end\n\n\ndef g():\n    return 3\n",
        ),
    ),
    (
        "edit_file.4",
        ERROR_TEXTS,
        Refused(
            "edit_not_found: `edits[0].oldText` is not in `$A/edit.py`; no edit was made\nhint: read the file again and copy the text exactly:\nnot there",
        ),
    ),
    (
        "edit_file.5",
        ERROR_TEXTS,
        Refused(
            "edit_not_found: `edits[1].oldText` is not in `$A/edit.py`; no edit was made\nhint: read the file again and copy the text exactly:\nzzz",
        ),
    ),
    (
        "edit_file.6",
        INDENTATION,
        Text(
            "```diff\nIndex: $A/edit.py\n\
             ===================================================================\n\
             --- $A/edit.py\toriginal\n+++ $A/edit.py\tmodified\n\
             @@ -1,5 +1,5 @@\n-def f():\n+def fff():\n     if False:\n         return 10\n         # end\n \n\
             ```\n\n",
        ),
    ),
    (
        "edit_file.8",
        "Empty `oldText`",
        Refused(
            "empty_old_text: `edits[0].oldText` is empty: give the text that `newText` is to replace",
        ),
    ),
    (
        "edit_file.12",
        ERROR_TEXTS,
        Refused("not_found: ENOENT: no such file or directory: `$A/nope.txt`"),
    ),
    (
        "edit_file.13",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/link_out` leads through a symbolic link out of the allowed directories",
        ),
    ),
    ("edit_file.14", ERROR_TEXTS, Arguments("newText")),
    (
        "move_file.2",
        ERROR_TEXTS,
        Refused("already_exists: EEXIST: exists already: `$A/hello.txt`"),
    ),
    (
        "move_file.3",
        ERROR_TEXTS,
        Refused("already_exists: EEXIST: exists already: `$A/docs`"),
    ),
    (
        "move_file.4",
        ERROR_TEXTS,
        Refused("not_found: ENOENT: no such file or directory: `$A/nope`"),
    ),
    (
        "move_file.5",
        ERROR_TEXTS,
        Refused(
            "not_found: ENOENT: no such directory: `$A/nodir`, in which `$A/nodir/zero.txt` would be\nhint: make it with `create_directory`",
        ),
    ),
    (
        "move_file.6",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `${ROOT}/outside/zero.txt` is outside the allowed directories: `$A`",
        ),
    ),
    (
        "move_file.7",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `${ROOT}/outside/secret.txt` is outside the allowed directories: `$A`",
        ),
    ),
    (
        "move_file.8",
        ERROR_TEXTS,
        Refused(
            "outside_roots: `$A/link_out` leads through a symbolic link out of the allowed directories",
        ),
    ),
    (
        "list_directory.7",
        "Moving a link",
        Lines(&[
            ("[FILE] l3", "[FILE] hello.txt\n[FILE] l3"),
            ("[FILE] link_in\n", ""),
        ]),
    ),
    ("no_such_tool.1", "Unknown tool", Protocol(-32602)),
    (
        "read_text_file.38",
        "Relative paths",
        Text("in the second root\n"),
    ),
];
