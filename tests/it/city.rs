//! The demonstration's city, for journeys: its registry, its policy and its passes.

use gerbang::issue::demo::{self, DemoPass};
use gerbang::rules::Policy;
use gerbang::trust::{Registry, Site};

/// 2026-11-24T01:00:00Z.
const NOW_UNIX_S: i64 = 1_795_482_000;

pub struct City {
    pub now_unix_ms: i64,
    site: demo::DemoSite,
}

#[derive(Debug, Clone, Copy)]
pub enum Pass {
    Green,
    Yellow,
    Red,
    Black,
    Forged,
    Specimen,
    /// The holder of `Red`'s vaccinations, without a role.
    Certificate,
    Supervisor,
    /// No pass: the set-up code of another gate.
    Setup,
}

impl City {
    pub fn new() -> Self {
        Self { now_unix_ms: NOW_UNIX_S * 1000, site: demo::site(NOW_UNIX_S) }
    }

    pub fn site(&self) -> &Site {
        &self.site.site
    }

    /// `registry.cose`.
    pub fn registry_file(&self) -> &[u8] {
        &self.site.registry
    }

    pub fn trust(&self) -> (Registry, Policy) {
        let registry = Registry::open(&self.site.registry, &self.site.site, 0);
        let registry = registry.expect("the demonstration's registry is good");
        let policy = Policy::choose(&registry, "pedulilindungi-2021");
        (registry, policy.expect("the registry has the policy"))
    }

    /// The text in the pass's code.
    pub fn pass(&self, pass: Pass) -> String {
        let name = match pass {
            Pass::Green => "green",
            Pass::Yellow => "yellow",
            Pass::Red => "red",
            Pass::Black => "black",
            Pass::Forged => "forged",
            Pass::Specimen => "specimen",
            Pass::Certificate => "certificate",
            Pass::Supervisor => "supervisor",
            Pass::Setup => "setup",
        };
        let found = self.site.passes.iter().find(|DemoPass { name: of, .. }| *of == name);
        found.expect("the demonstration has it").text.clone()
    }
}
