//! The AWS Lambda Runtime API and Invoke API over real handler processes, for a laptop.
