//! servers.yaml as types: parsing, defaults, and every mistake with its line and column.
