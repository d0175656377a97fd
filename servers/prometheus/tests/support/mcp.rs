//! A server with settings of its own.

use aws_clients::{Aws, Builder};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

pub(crate) const ACCESS_KEY: &str = "AKIDEXAMPLE";
pub(crate) const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// AWS with fixed credentials and nothing of this machine: no variables, no files.
pub(crate) fn aws(endpoint: &str) -> Builder {
    let credentials = Credentials::from_keys(ACCESS_KEY, SECRET_KEY, None);
    Aws::builder()
        .variables(&[])
        .endpoint_url(endpoint)
        .credentials(SharedCredentialsProvider::new(credentials))
}
