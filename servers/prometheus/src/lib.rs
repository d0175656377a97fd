//! MCP server for PromQL against Prometheus or Amazon Managed Service for Prometheus.
