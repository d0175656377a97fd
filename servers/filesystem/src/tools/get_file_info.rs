//! `get_file_info`: size, times, kind and permissions.

use agentcore_gateway_target::Parameters;
use cap_std::fs::{Metadata, MetadataExt as _, PermissionsExt as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::CallToolResult;
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, TextOutput};
use crate::error::Posix;
use crate::resolve::LastLink;
use crate::{FilesystemError, Server};

/// Input of `get_file_info`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The file or directory: an absolute path under an allowed directory, or one relative to them.
    path: String,
}

#[tool_router(router = get_file_info_router, vis = "pub(crate)")]
impl Server {
    /// Tell about a file or directory: size in bytes, times of creation, last change and last
    /// access (UTC), whether it is a directory or a file, and its permissions in octal. Of a symbolic
    /// link, what it leads to.
    #[tool(
        output_schema = schema_for_output::<TextOutput>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn get_file_info(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let text = self
            .blocking(move |session| {
                let place = session.find(&input.path, LastLink::Follow)?;
                let metadata = place.metadata();
                metadata
                    .map(describe)
                    .ok_or_else(|| FilesystemError::posix(Posix::NotFound, &input.path))
            })
            .await?;
        answer::text(text, "use a shorter path")
    }
}

fn describe(metadata: &Metadata) -> String {
    // Not every file system knows when a file was made; the last change of its node is the nearest.
    let created = metadata
        .created()
        .ok()
        .and_then(|time| Timestamp::try_from(time.into_std()).ok())
        .map_or_else(|| date(metadata.ctime()), date_of);
    format!(
        "size: {}\ncreated: {created}\nmodified: {}\naccessed: {}\nisDirectory: {}\nisFile: {}\npermissions: {:03o}",
        metadata.len(),
        date(metadata.mtime()),
        date(metadata.atime()),
        metadata.is_dir(),
        metadata.is_file(),
        metadata.permissions().mode() & 0o777,
    )
}

fn date(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), date_of)
}

/// As JavaScript writes a date in UTC.
fn date_of(time: Timestamp) -> String {
    let time = time.to_zoned(TimeZone::UTC);
    let text = time.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)");
    text.to_string()
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates() {
        let cases = [
            (
                0,
                "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)",
            ),
            (
                1_704_067_200,
                "Mon Jan 01 2024 00:00:00 GMT+0000 (Coordinated Universal Time)",
            ),
            (
                1_709_251_199,
                "Thu Feb 29 2024 23:59:59 GMT+0000 (Coordinated Universal Time)",
            ),
            (i64::MAX, "9223372036854775807"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(date(seconds), expected);
        }
    }
}
