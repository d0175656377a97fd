//! MCP server for looking at and committing in a local git repository.
