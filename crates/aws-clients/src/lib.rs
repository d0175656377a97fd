//! AWS SDK set-up that every AWS server shares: region, endpoint, timeouts, lazily built clients.
