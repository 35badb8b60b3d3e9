//! Which network addresses a webhook may lead to: public ones, and those that the server's settings name. A company's entry must
//! not become a way into the network that the server stands in.
//!
//! Owns: the check between a name's resolution and the connection. The address that was checked is the one that is connected to,
//! so that a name cannot mean something else a moment later.

use hyper_util::client::legacy::connect::dns::Name;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A name that leads nowhere that is allowed.
#[derive(Debug, thiserror::Error)]
#[error("the webhook's address leads into a private network")]
pub struct Private;

/// Resolves names to the allowed ones of their addresses.
#[derive(Clone, Debug)]
pub struct Allowed {
    also: Arc<[IpAddr]>,
}

impl Allowed {
    /// Public addresses, and these.
    #[must_use]
    pub fn new(also: &[IpAddr]) -> Self {
        Self { also: also.into() }
    }

    /// Whether a connection may go there.
    #[must_use]
    pub fn allows(&self, ip: IpAddr) -> bool {
        is_public(ip) || self.also.contains(&ip)
    }

    /// Whether an address's host may be asked for at all: a connector does not resolve what is a number already.
    ///
    /// # Errors
    /// Where it is a number that is not allowed.
    pub fn check(&self, uri: &hyper::Uri) -> Result<(), Private> {
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        match host.parse::<IpAddr>() {
            Ok(ip) if !self.allows(ip) => Err(Private),
            _ => Ok(()),
        }
    }
}

impl tower::Service<Name> for Allowed {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allowed = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let fit: Vec<SocketAddr> = found.filter(|address| allowed.allows(address.ip())).collect();
            if fit.is_empty() { Err(Private.into()) } else { Ok(fit.into_iter()) }
        })
    }
}

/// Whether an address is one of the public internet.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_4(ip),
        IpAddr::V6(ip) => is_public_6(ip),
    }
}

/// The special blocks of the IANA registry for IPv4 are left out.
fn is_public_4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || a >= 240
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Only global unicast; where an IPv4 address is inside, that one counts too.
fn is_public_6(ip: Ipv6Addr) -> bool {
    let [a, b, .., g, h] = ip.segments();
    let within = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // NAT64: the last four bytes are where it really goes.
        (0x64, 0xff9b) => ip.segments()[2..6] == [0; 4] && within(g, h),
        // 6to4.
        (0x2002, _) => within(b, ip.segments()[2]),
        // Teredo, ORCHID, benchmarks and the rest of the block for protocols; documentation.
        (0x2001, 0..=0x01ff) | (0x2001, 0x0db8) | (0x3fff, 0..=0x0fff) => false,
        _ => (0x2000..=0x3fff).contains(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_and_those_that_are_named() {
        for private in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "203.0.113.9",
            "::1",
            "::",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "fec0::1",
            "2001:db8::1",
            "2001::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::808:808",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "::7f00:1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "2a00::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        let allowed = Allowed::new(&["127.0.0.1".parse().unwrap()]);
        let check = |uri: &str| allowed.check(&uri.parse().unwrap()).is_ok();
        assert!(
            check("http://127.0.0.1:1/")
                && !check("http://127.0.0.2/")
                && !check("https://[::1]:8443/x")
                && check("https://hooks.example/")
        );
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_before_anything_is_connected_to() {
        use tower::Service as _;
        let name = || "localhost".parse::<Name>().unwrap();
        let refused = Allowed::new(&[]).call(name()).await;
        assert!(refused.err().unwrap().is::<Private>());
        let home = ["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
        let mut found = Allowed::new(&home).call(name()).await.unwrap();
        assert!(found.all(|address| address.ip().is_loopback()));
    }
}
