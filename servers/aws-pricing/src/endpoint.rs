//! Which Price List endpoint answers a call.
//!
//! The API exists in few regions, and those of one partition know nothing of the others' prices.
//! Endpoints: the SDK's own table (`api.pricing` in botocore's `endpoints.json`), and
//! <https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html>

/// The region whose endpoint a call goes to: nearest to the server's own region, in the partition
/// of the region that is asked about.
pub(crate) fn for_call(own: &str, asked: Option<&str>) -> &'static str {
    match asked.map(prices_of) {
        Some(partition) if partition != prices_of(own) => partition.endpoint(""),
        _ => prices_of(own).endpoint(own),
    }
}

/// Whether the two regions' prices are in different APIs, each with accounts of its own.
pub(crate) fn is_elsewhere(own: &str, asked: &str) -> bool {
    prices_of(own) != prices_of(asked)
}

/// The currency of price lists in a region.
pub(crate) fn currency(region: &str) -> &'static str {
    match prices_of(region) {
        Partition::China => "CNY",
        _ => "USD",
    }
}

/// Where prices are kept together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Partition {
    /// `aws`, which has the prices of `aws-us-gov` too: that partition has no Price List API.
    Commercial,
    China,
    Sovereign,
    Iso,
    IsoB,
    IsoE,
    IsoF,
}

/// By the first parts of the name. Anything else, such as a Local Zone, is commercial.
fn prices_of(region: &str) -> Partition {
    let prefixes = [
        ("cn-", Partition::China),
        ("eusc-", Partition::Sovereign),
        ("us-iso-", Partition::Iso),
        ("us-isob-", Partition::IsoB),
        ("eu-isoe-", Partition::IsoE),
        ("us-isof-", Partition::IsoF),
    ];
    prefixes
        .into_iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or(Partition::Commercial, |(_, partition)| partition)
}

impl Partition {
    fn endpoint(self, own: &str) -> &'static str {
        match self {
            Self::Commercial => match own.split('-').next() {
                Some("ap") => "ap-south-1",
                Some("eu" | "me" | "af" | "il") => "eu-central-1",
                _ => "us-east-1",
            },
            Self::China => "cn-northwest-1",
            Self::Sovereign => "eusc-de-east-1",
            Self::Iso => "us-iso-east-1",
            Self::IsoB => "us-isob-east-1",
            Self::IsoE => "eu-isoe-west-1",
            Self::IsoF => "us-isof-south-1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every region of the SDK's table, and one that will come.
    #[test]
    fn every_region_has_the_nearest_endpoint_that_exists() {
        for (endpoint, regions) in [
            (
                "us-east-1",
                "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 us-gov-east-1 us-gov-west-1 zz-new-1",
            ),
            (
                "eu-central-1",
                "eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 me-central-1 me-south-1 af-south-1 il-central-1",
            ),
            (
                "ap-south-1",
                "ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7",
            ),
            ("cn-northwest-1", "cn-north-1 cn-northwest-1"),
            ("eusc-de-east-1", "eusc-de-east-1"),
            ("us-iso-east-1", "us-iso-east-1 us-iso-west-1"),
            ("us-isob-east-1", "us-isob-east-1 us-isob-west-1"),
            ("eu-isoe-west-1", "eu-isoe-west-1"),
            ("us-isof-south-1", "us-isof-east-1 us-isof-south-1"),
        ] {
            for region in regions.split(' ') {
                assert_eq!(for_call(region, None), endpoint, "{region}");
                assert_eq!(for_call(region, Some(region)), endpoint, "{region}");
            }
        }
    }

    #[test]
    fn the_region_asked_about_decides_the_partition_only() {
        for (own, asked, endpoint) in [
            ("eu-west-1", "us-west-2", "eu-central-1"),
            ("ap-southeast-1", "us-west-2-lax-1", "ap-south-1"),
            ("us-east-1", "us-gov-west-1", "us-east-1"),
            ("us-gov-west-1", "eu-west-1", "us-east-1"),
            ("eu-west-1", "cn-north-1", "cn-northwest-1"),
            ("cn-north-1", "eu-west-1", "us-east-1"),
            ("cn-north-1", "cn-northwest-1", "cn-northwest-1"),
            ("eu-central-1", "eusc-de-east-1", "eusc-de-east-1"),
        ] {
            assert_eq!(for_call(own, Some(asked)), endpoint, "{own} {asked}");
        }
        assert!(is_elsewhere("eu-west-1", "cn-north-1"));
        assert!(!is_elsewhere("eu-west-1", "us-gov-west-1"));
    }

    #[test]
    fn china_is_priced_in_yuan() {
        assert_eq!(currency("cn-north-1"), "CNY");
        assert_eq!(currency("us-gov-west-1"), "USD");
    }
}
