//! Whom a command shall believe: a registry with the root that vouches for it.

use super::failure::Failure;
use crate::trust::{Registry, RegistryError, RootKey, Site, limits};
use clap::Args;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct RootArgs {
    /// The site.json that pins the root. Default: the one beside the registry.
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
    /// The root's public key itself, 64 hexadecimal digits; instead of a site.
    #[arg(long, value_name = "HEX", value_parser = root_key, conflicts_with = "site")]
    root: Option<RootKey>,
}

/// A registry that the named root signed.
pub fn open(path: &Path, roots: &RootArgs) -> Result<Registry, Failure> {
    let site = site(path, roots)?;
    let bytes = read_at_most(path, limits::REGISTRY_BYTES_MAX)?;
    Registry::open(&bytes, &site, 0).map_err(|error| refused(path, error))
}

pub fn refused(path: &Path, error: RegistryError) -> Failure {
    let words = match error {
        RegistryError::TooLong => "is too long for a registry".to_owned(),
        RegistryError::Envelope(inner) => format!("is no signed registry ({})", inner.code()),
        RegistryError::Root => "is signed by another root than the one named".to_owned(),
        RegistryError::Signature => "has a signature that does not hold".to_owned(),
        RegistryError::Body(inner) => format!("holds no readable registry ({})", inner.code()),
        RegistryError::Type => "is signed by the root, but is no registry".to_owned(),
        RegistryError::Format => "has a format that this version does not know".to_owned(),
        RegistryError::Field(field) => format!("has a missing or wrong field: {field}"),
        RegistryError::Limit(field) => format!("has too many of {field}"),
        RegistryError::Rollback => "is older than one already known".to_owned(),
    };
    Failure::new(error.code(), format!("{} {words}", path.display()))
}

/// At most one byte more than `bytes_max`, so that what is too long is seen to be.
pub fn read_at_most(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| Failure::reading(path, &error))?;
    Ok(bytes)
}

fn site(registry: &Path, roots: &RootArgs) -> Result<Site, Failure> {
    if let Some(root) = roots.root {
        return Ok(Site::pinning(root));
    }
    let beside = registry.with_file_name("site.json");
    let path = roots.site.as_deref().unwrap_or(&beside);
    let json = fs::read(path).map_err(|error| {
        Failure::new(
            "ROOT-MISSING",
            format!("{} cannot be read: {error}; name --site or --root", path.display()),
        )
    })?;
    Site::parse(&json).map_err(|error| {
        Failure::new(error.code(), format!("{} is no site.json in order", path.display()))
    })
}

fn root_key(text: &str) -> Result<RootKey, String> {
    RootKey::from_hex(text).ok_or_else(|| "64 hexadecimal digits are needed".to_owned())
}
