//! `read_media_file`: an image, a sound, or the bytes of any other file.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use agentcore_gateway_target::Parameters;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rmcp::handler::server::tool::schema_for_output;
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::resolve::LastLink;
use crate::{FilesystemError, Server, answer};

/// Bytes of JSON around the data.
const ENVELOPE: usize = 200;
/// What stays as it is in the path of a `file:` URI (RFC 3986, `pchar` and the slash).
const PATH: AsciiSet = NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Input of `read_media_file`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The file: an absolute path under an allowed directory, or one relative to them.
    path: String,
}

/// Output of `read_media_file`: the block of the content, once more.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    /// One block.
    content: Vec<Block>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum Block {
    Media(Media),
    Embedded(Embedded),
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
struct Media {
    /// What it is.
    r#type: MediaType,
    /// The bytes of the file in base64.
    data: String,
    /// MIME type, by the extension of the file.
    mime_type: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum MediaType {
    Image,
    Audio,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Embedded {
    /// Always `resource`.
    #[schemars(extend("const" = "resource"))]
    r#type: &'static str,
    /// The file.
    resource: Resource,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
struct Resource {
    /// `file:` URI.
    uri: String,
    /// MIME type.
    #[schemars(extend("type" = "string"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'static str>,
    /// The bytes of the file in base64.
    blob: String,
}

#[tool_router(router = read_media_file_router, vis = "pub(crate)")]
impl Server {
    /// Read an image (png, jpg, gif, webp, bmp, svg) or a sound (mp3, wav, ogg, flac) for looking
    /// at it or listening to it. Any other file comes as its bytes in base64.
    #[tool(
        output_schema = schema_for_output::<Output>(),
        annotations(read_only_hint = true, open_world_hint = false)
    )]
    async fn read_media_file(
        &self,
        Parameters(input): Parameters<Input>,
    ) -> Result<CallToolResult, FilesystemError> {
        let (bytes, shown) = self
            .blocking(move |session| {
                let place = session.find(&input.path, LastLink::Follow)?;
                let hint = "this tool reads whole files only; use `read_text_file` for parts";
                let bytes = session.read_bytes(&place, hint)?;
                Ok((bytes, place.shown().to_owned()))
            })
            .await?;
        let data = BASE64_STANDARD.encode(bytes);
        let size = data.len() + ENVELOPE + 3 * shown.as_os_str().len();
        let (content, value) = match media_type(&shown) {
            Some((r#type, mime_type)) => {
                let content = match r#type {
                    MediaType::Image => ContentBlock::image(data.as_str(), mime_type),
                    MediaType::Audio => ContentBlock::audio(data.as_str(), mime_type),
                };
                let media = Media {
                    r#type,
                    data,
                    mime_type,
                };
                (content, Block::Media(media))
            }
            None => {
                let uri = format!(
                    "file://{}",
                    percent_encode(shown.as_os_str().as_bytes(), &PATH)
                );
                let mime_type = "application/octet-stream";
                let content = ContentBlock::resource(ResourceContents::BlobResourceContents {
                    uri: uri.clone(),
                    mime_type: Some(mime_type.to_owned()),
                    blob: data.clone(),
                    meta: None,
                });
                let resource = Resource {
                    uri,
                    mime_type: Some(mime_type),
                    blob: data,
                };
                let r#type = "resource";
                (content, Block::Embedded(Embedded { r#type, resource }))
            }
        };
        answer::block(content, json!(value), size, "use a smaller file")
    }
}

fn media_type(path: &Path) -> Option<(MediaType, &'static str)> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "png" => (MediaType::Image, "image/png"),
        "jpg" | "jpeg" => (MediaType::Image, "image/jpeg"),
        "gif" => (MediaType::Image, "image/gif"),
        "webp" => (MediaType::Image, "image/webp"),
        "bmp" => (MediaType::Image, "image/bmp"),
        "svg" => (MediaType::Image, "image/svg+xml"),
        "mp3" => (MediaType::Audio, "audio/mpeg"),
        "wav" => (MediaType::Audio, "audio/wav"),
        "ogg" => (MediaType::Audio, "audio/ogg"),
        "flac" => (MediaType::Audio, "audio/flac"),
        _ => return None,
    })
}
