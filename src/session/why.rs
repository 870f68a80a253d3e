//! Why an officer answers as she does: closed lists, most frequent first, each with its code in the log.
//!
//! Not here: the words (browser/ui/text).

use super::model::Answer;

/// Why the officer allowed or turned away a referred visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferReason {
    IdentityMatches,
    DoctorsLetter,
    SupervisorAgrees,
    IdentityDiffers,
    NoDocument,
    SentToDesk,
    Other,
}

impl ReferReason {
    /// Stable, written into the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::IdentityMatches => "REFER-ID-OK",
            Self::DoctorsLetter => "REFER-DOCTOR",
            Self::SupervisorAgrees => "REFER-SUPERVISOR",
            Self::IdentityDiffers => "REFER-ID-DIFFERS",
            Self::NoDocument => "REFER-NO-DOCUMENT",
            Self::SentToDesk => "REFER-DESK",
            Self::Other => "REFER-OTHER",
        }
    }

    /// The reasons that go with an answer, most frequent first.
    pub fn list_for(answer: Answer) -> &'static [Self] {
        match answer {
            Answer::Allowed => {
                &[Self::IdentityMatches, Self::DoctorsLetter, Self::SupervisorAgrees, Self::Other]
            }
            Answer::TurnedAway | Answer::Unanswered => {
                &[Self::IdentityDiffers, Self::NoDocument, Self::SentToDesk, Self::Other]
            }
        }
    }
}

/// Why a supervisor lets in whom the gate refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideReason {
    OtherProof,
    Known,
    OnDuty,
    Emergency,
    Other,
}

impl OverrideReason {
    /// Most frequent first.
    pub const ALL: [Self; 5] =
        [Self::OtherProof, Self::Known, Self::OnDuty, Self::Emergency, Self::Other];

    /// Stable, written into the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherProof => "OVERRIDE-PROOF",
            Self::Known => "OVERRIDE-KNOWN",
            Self::OnDuty => "OVERRIDE-DUTY",
            Self::Emergency => "OVERRIDE-EMERGENCY",
            Self::Other => "OVERRIDE-OTHER",
        }
    }
}

/// Why a visitor has no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManualReason {
    NoPass,
    PhoneDead,
    CodeDamaged,
    Child,
    Emergency,
    OnDuty,
    Other,
}

impl ManualReason {
    /// Most frequent first.
    pub const ALL: [Self; 7] = [
        Self::NoPass,
        Self::PhoneDead,
        Self::CodeDamaged,
        Self::Child,
        Self::OnDuty,
        Self::Emergency,
        Self::Other,
    ];

    /// Stable, written into the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoPass => "MANUAL-NO-PASS",
            Self::PhoneDead => "MANUAL-PHONE",
            Self::CodeDamaged => "MANUAL-DAMAGED",
            Self::Child => "MANUAL-CHILD",
            Self::Emergency => "MANUAL-EMERGENCY",
            Self::OnDuty => "MANUAL-DUTY",
            Self::Other => "MANUAL-OTHER",
        }
    }
}
