//! SigV4 for requests that no SDK client sends.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4::SigningParams;
use http::Request;

use crate::error::AwsError;
use crate::names::RegionName;

/// Signs a request for an AWS service by adding its headers.
///
/// The URI must be absolute and already percent-encoded: a space is `%20`, not `+`. The `Host`
/// header must not be set to anything else than the URI's host. Headers that are already present
/// are signed too.
///
/// # Errors
///
/// [`AwsError::NotSignable`] when the request has no host or a header that is not text.
pub fn sign<B: AsRef<[u8]>>(
    request: &mut Request<B>,
    service: &str,
    region: &RegionName,
    credentials: &Credentials,
    time: SystemTime,
) -> Result<(), AwsError> {
    if request.uri().host().is_none() {
        return Err(AwsError::not_signable("the URI has no host"));
    }
    let identity = credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region.as_str())
        .name(service)
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .map_err(AwsError::not_signable)?
        .into();
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        headers.push((
            name.as_str(),
            value.to_str().map_err(AwsError::not_signable)?,
        ));
    }
    let signable = SignableRequest::new(
        request.method().as_str(),
        request.uri().to_string(),
        headers.into_iter(),
        SignableBody::Bytes(request.body().as_ref()),
    )
    .map_err(AwsError::not_signable)?;
    let (instructions, _signature) = aws_sigv4::http_request::sign(signable, &params)
        .map_err(AwsError::not_signable)?
        .into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// 2015-08-30T12:36:00Z, the time of AWS's published signing test suite.
    fn suite_time() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_440_938_160)
    }

    fn suite_credentials() -> Credentials {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        Credentials::new("AKIDEXAMPLE", secret, None, None, "suite")
    }

    /// `get-vanilla` and `get-vanilla-query-order-key-case` of the SigV4 test suite.
    #[test]
    fn signatures_equal_those_of_the_published_suite() {
        for (uri, signature) in [
            (
                "https://example.amazonaws.com/",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "https://example.amazonaws.com/?Param2=value2&Param1=value1",
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
        ] {
            let mut request = Request::get(uri).body(Vec::new()).unwrap();
            let region = RegionName::try_from("us-east-1".to_owned()).unwrap();
            let credentials = suite_credentials();
            sign(&mut request, "service", &region, &credentials, suite_time()).unwrap();
            assert_eq!(request.headers()["x-amz-date"], "20150830T123600Z");
            assert_eq!(
                request.headers()["authorization"].to_str().unwrap(),
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature={signature}"
                )
            );
        }
    }

    #[test]
    fn a_session_token_is_sent_and_signed() {
        let credentials = Credentials::new("AKID", "secret", Some("tok".to_owned()), None, "test");
        let region = RegionName::try_from("eu-west-1".to_owned()).unwrap();
        let mut request = Request::get("https://h.example/").body(Vec::new()).unwrap();
        sign(&mut request, "aps", &region, &credentials, suite_time()).unwrap();
        assert_eq!(request.headers()["x-amz-security-token"], "tok");
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(
            authorization.contains("/eu-west-1/aps/aws4_request"),
            "{authorization}"
        );
        assert!(
            authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token"),
            "{authorization}"
        );
    }

    #[test]
    fn a_relative_uri_is_refused() {
        let region = RegionName::try_from("eu-west-1".to_owned()).unwrap();
        let mut request = Request::get("/only/a/path").body(Vec::new()).unwrap();
        let error = sign(
            &mut request,
            "aps",
            &region,
            &suite_credentials(),
            suite_time(),
        );
        assert!(matches!(error, Err(AwsError::NotSignable { .. })));
    }
}
