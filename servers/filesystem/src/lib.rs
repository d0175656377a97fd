//! MCP server for reading, writing, editing and searching files under given roots.
