//! JSON values as CBOR and back, as Smithy's `rpc-v2-cbor` writes them.
//! <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>

use minicbor::data::{Tag, Type};
use minicbor::decode::Error;
use minicbor::{Decoder, Encoder};
use serde_json::{Map, Number, Value};

use crate::reply::Marked;

/// The tag of a time in seconds.
const EPOCH: u64 = 1;

/// A request body. Times become plain seconds, blobs base64, as recordings have them.
///
/// # Errors
///
/// When it is not CBOR, or holds what no AWS request holds.
pub(crate) fn decode(body: &[u8]) -> Result<Value, Error> {
    if body.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    value(&mut Decoder::new(body))
}

fn value(decoder: &mut Decoder<'_>) -> Result<Value, Error> {
    Ok(match decoder.datatype()? {
        Type::Bool => decoder.bool()?.into(),
        Type::Null | Type::Undefined => {
            decoder.skip()?;
            Value::Null
        }
        Type::F16 => f64::from(decoder.f16()?).into(),
        Type::F32 => f64::from(decoder.f32()?).into(),
        Type::F64 => decoder.f64()?.into(),
        Type::String => decoder.str()?.into(),
        Type::StringIndef => {
            let parts: Result<String, _> = decoder.str_iter()?.collect();
            parts?.into()
        }
        Type::Bytes => crate::reply::base64(decoder.bytes()?).into(),
        Type::Tag => {
            decoder.tag()?;
            value(decoder)?
        }
        Type::Array | Type::ArrayIndef => {
            let length = decoder.array()?;
            let mut items = Vec::new();
            while more(decoder, length, items.len())? {
                items.push(value(decoder)?);
            }
            items.into()
        }
        Type::Map | Type::MapIndef => {
            let length = decoder.map()?;
            let mut fields = Map::new();
            while more(decoder, length, fields.len())? {
                let name = decoder.str()?.to_owned();
                fields.insert(name, value(decoder)?);
            }
            fields.into()
        }
        _ => {
            let integer = i128::from(decoder.int()?);
            match i64::try_from(integer) {
                Ok(integer) => integer.into(),
                Err(_) => return Err(Error::message("an integer beyond 64 bits")),
            }
        }
    })
}

/// Whether a list or map goes on. One without a length ends with a break.
fn more(decoder: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Result<bool, Error> {
    match length {
        Some(length) => Ok((read as u64) < length),
        None if decoder.datatype()? == Type::Break => {
            decoder.skip()?;
            Ok(false)
        }
        None => Ok(true),
    }
}

/// An answer. A number with a fraction, `1.0` too, becomes a double; a marked one a time or blob.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder, value).expect("writing to memory does not fail");
    encoder.into_writer()
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn write(encoder: &mut Encoder<Vec<u8>>, value: &Value) -> Written {
    match Marked::of(value) {
        Some(Marked::Timestamp(seconds)) => {
            encoder.tag(Tag::new(EPOCH))?.f64(seconds)?;
            return Ok(());
        }
        Some(Marked::Blob(bytes)) => {
            encoder.bytes(&bytes)?;
            return Ok(());
        }
        Some(Marked::Map(fields)) => return write_map(encoder, fields),
        None => {}
    }
    match value {
        Value::Null => encoder.null()?,
        Value::Bool(truth) => encoder.bool(*truth)?,
        Value::Number(number) => return write_number(encoder, number),
        Value::String(text) => encoder.str(text)?,
        Value::Array(items) => {
            encoder.array(items.len() as u64)?;
            return items.iter().try_for_each(|item| write(encoder, item));
        }
        Value::Object(fields) => return write_map(encoder, fields),
    };
    Ok(())
}

fn write_map(encoder: &mut Encoder<Vec<u8>>, fields: &Map<String, Value>) -> Written {
    encoder.map(fields.len() as u64)?;
    for (name, value) in fields {
        encoder.str(name)?;
        write(encoder, value)?;
    }
    Ok(())
}

fn write_number(encoder: &mut Encoder<Vec<u8>>, number: &Number) -> Written {
    match (number.as_i64(), number.as_u64()) {
        (Some(integer), _) => encoder.i64(integer)?,
        (None, Some(integer)) => encoder.u64(integer)?,
        (None, None) => encoder.f64(number.as_f64().expect("a finite number"))?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let value = json!({ "a": [1, -2, 1.5, 2.0, "x", true, null, 9_000_000_000_i64], "b": {} });
        assert_eq!(decode(&encode(&value)).unwrap(), value);
        assert_eq!(decode(&[]).unwrap(), json!({}));
    }

    /// RFC 8949, appendix A: indefinite lengths, half floats, tags.
    #[test]
    fn every_form_that_a_client_may_choose_is_read() {
        for (bytes, expected) in [
            (
                &b"\xbf\x61\x61\x01\x61\x62\x9f\x02\x03\xff\xff"[..],
                json!({ "a": 1, "b": [2, 3] }),
            ),
            (b"\xf9\x3e\x00", json!(1.5)),
            (
                b"\xc1\xfb\x41\xd4\x52\xd9\xe2\x00\x00\x00",
                json!(1_363_896_200.0),
            ),
            (b"\xc1\x1a\x51\x4b\x67\xb0", json!(1_363_896_240)),
            (b"\x7f\x65strea\x64ming\xff", json!("streaming")),
            (b"\x44\x01\x02\x03\x04", json!("AQIDBA==")),
        ] {
            assert_eq!(decode(bytes).unwrap(), expected);
        }
        assert!(decode(b"\xff").is_err());
    }

    #[test]
    fn times_carry_their_tag() {
        assert_eq!(
            encode(&crate::timestamp(1.5)),
            b"\xc1\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00"
        );
        assert_eq!(encode(&crate::blob(b"ab")), b"\x42ab");
    }
}
