//! Whom we believe: the registry, and `verify`, the only maker of `Verified`.

/// What can be said of a credential's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureState {
    Valid,
    Invalid,
    UnknownKey,
    /// Nothing that could be checked.
    Unchecked,
}
