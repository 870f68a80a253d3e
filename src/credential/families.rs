//! The families beyond the Gerbang pass: which file reads which, and their errors as one type.
//!
//! Not here: feature `families` off. Then there is no such error, and nothing of this weighs
//! anything in the page.

use super::{Family, Fault, Unverified, claim169, divoc, hc1, nzcp, pretix, shc, vds_nc};

/// One variant a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyError {
    Hc1(hc1::Hc1Error),
    Shc(shc::ShcError),
    Nzcp(nzcp::NzcpError),
    Divoc(divoc::DivocError),
    VdsNc(vds_nc::VdsNcError),
    Claim169(claim169::Claim169Error),
    Pretix(pretix::PretixError),
}

impl FamilyError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Hc1(error) => error.code(),
            Self::Shc(error) => error.code(),
            Self::Nzcp(error) => error.code(),
            Self::Divoc(error) => error.code(),
            Self::VdsNc(error) => error.code(),
            Self::Claim169(error) => error.code(),
            Self::Pretix(error) => error.code(),
        }
    }

    pub fn family(self) -> Family {
        match self {
            Self::Hc1(_) => Family::Hc1,
            Self::Shc(_) => Family::Shc,
            Self::Nzcp(_) => Family::Nzcp,
            Self::Divoc(_) => Family::Divoc,
            Self::VdsNc(_) => Family::VdsNc,
            Self::Claim169(_) => Family::Claim169,
            Self::Pretix(_) => Family::Pretix,
        }
    }

    pub fn fault(self) -> Fault {
        match self {
            Self::Hc1(error) => error.fault(),
            Self::Shc(error) => error.fault(),
            Self::Nzcp(error) => error.fault(),
            Self::Divoc(error) => error.fault(),
            Self::VdsNc(error) => error.fault(),
            Self::Claim169(error) => error.fault(),
            Self::Pretix(_) => Fault::Unreadable,
        }
    }
}

/// `text` is what follows the family's prefix; `None` for a family that none of these files reads.
pub(super) fn parse(family: Family, text: &str) -> Option<Result<Unverified, FamilyError>> {
    Some(match family {
        Family::Hc1 => hc1::parse(text).map_err(FamilyError::Hc1),
        Family::Shc => shc::parse(text).map_err(FamilyError::Shc),
        Family::Nzcp => nzcp::parse(text).map_err(FamilyError::Nzcp),
        Family::Divoc => divoc::parse(text).map_err(FamilyError::Divoc),
        Family::VdsNc => vds_nc::parse(text).map_err(FamilyError::VdsNc),
        Family::Claim169 => claim169::parse(text).map_err(FamilyError::Claim169),
        Family::Pretix => pretix::parse(text).map_err(FamilyError::Pretix),
        Family::Gerbang | Family::Poster | Family::Unknown => return None,
    })
}

pub(super) fn parse_zip(bytes: &[u8]) -> Option<Result<Unverified, FamilyError>> {
    Some(divoc::parse_zip(bytes).map_err(FamilyError::Divoc))
}
