//! Where scenarios are found: in a directory on disk, and in the binary.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

use include_dir::{Dir, include_dir};

use super::{
    Finding, LoadError, Scenario,
    format::SCENARIO,
    read::{Check, Files, digest, read_files},
};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures");

/// Where scenarios are found: in a directory on disk, if there is one, then in the binary.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// A directory whose subdirectories are scenarios.
    directory: Option<PathBuf>,
}

impl Catalog {
    /// The scenarios of a directory, if one is given, and those in the binary. A directory without any is an error: it would
    /// be ignored otherwise.
    pub fn new(directory: Option<PathBuf>) -> Result<Self, LoadError> {
        if let Some(path) = &directory {
            let unreadable = |source| LoadError::Unreadable { path: path.clone(), source };
            let refused = |reason| LoadError::NoCatalog { path: path.clone(), reason };
            if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
                return Err(refused("it is not a directory"));
            }
            std::fs::read_dir(path).map_err(unreadable)?;
            if exists(&path.join(SCENARIO)) {
                return Err(refused("it is itself a scenario; use it with --scenario, or give the directory above it"));
            }
            if names_in(path).next().is_none() {
                return Err(refused("no directory in it has a scenario.json"));
            }
        }
        Ok(Self { directory })
    }

    /// The names of all scenarios, sorted.
    pub fn names(&self) -> Vec<String> {
        let embedded = EMBEDDED.dirs().filter(|dir| dir.get_file(dir.path().join(SCENARIO)).is_some());
        let embedded = embedded.map(|dir| dir.path().to_string_lossy().into_owned());
        let names: BTreeSet<String> = self.directory.iter().flat_map(|dir| names_in(dir)).chain(embedded).collect();
        names.into_iter().collect()
    }

    /// Where a scenario's files are on disk: in the catalogue's directory, or, unless the binary has one of this name, at
    /// the path itself. A directory that cannot be read is not passed over for the scenario of the same name in the binary.
    pub fn directory_of(&self, name: &str) -> Option<PathBuf> {
        let in_catalog = self.directory.as_ref().filter(|_| is_name(name)).map(|dir| dir.join(name));
        let at_path = Some(PathBuf::from(name)).filter(|dir| embedded(name).is_none() && dir.is_dir());
        in_catalog.filter(|dir| exists(dir)).or(at_path)
    }

    /// A scenario by name, or by the path of its directory.
    pub fn load(&self, name: &str) -> Result<Arc<Scenario>, LoadError> {
        self.load_with_notes(name).map(|(scenario, _)| scenario)
    }

    /// Like [`Self::load`], with notes worth reporting.
    pub fn load_with_notes(&self, name: &str) -> Result<(Arc<Scenario>, Vec<Finding>), LoadError> {
        // The tests have held those of the binary against the schemas; doing it again costs most of the start.
        let check = if self.directory_of(name).is_some() { Check::Due } else { Check::Done };
        read_files(name, &self.files(name)?, check)
    }

    /// The files of a scenario, by their names.
    pub fn files(&self, name: &str) -> Result<Files, LoadError> {
        if let Some(dir) = self.directory_of(name) {
            return files_on_disk(&dir);
        }
        if let Some(dir) = embedded(name) {
            let file = |file: &'static include_dir::File<'static>| {
                Some((file.path().file_name()?.to_str()?.to_owned(), Cow::Borrowed(file.contents())))
            };
            return Ok(dir.files().filter_map(file).collect());
        }
        Err(LoadError::unknown(name, self.names(), ", or give a directory with a scenario.json"))
    }

    /// Like [`Self::load`]; but if the files are still those of a scenario that was read before, that one.
    pub fn load_again(&self, name: &str, known: Option<&Arc<Scenario>>) -> Result<Arc<Scenario>, LoadError> {
        let Some(dir) = self.directory_of(name) else {
            let unchanged = known.filter(|known| known.digest.is_none());
            return unchanged.map_or_else(|| self.load(name), |known| Ok(Arc::clone(known)));
        };
        let files = files_on_disk(&dir)?;
        match known.filter(|known| known.digest == Some(digest(&files))) {
            Some(known) => Ok(Arc::clone(known)),
            None => read_files(name, &files, Check::Due).map(|(scenario, _)| scenario),
        }
    }
}

/// Whether it is a name rather than a path.
fn is_name(name: &str) -> bool {
    !name.contains(['/', '\\']) && !matches!(name, "" | "." | "..")
}

/// Whether something is there, even if it cannot be looked at.
fn exists(path: &Path) -> bool {
    !matches!(std::fs::metadata(path), Err(error) if error.kind() == ErrorKind::NotFound)
}

/// The directories in a directory that have a scenario.json, or that cannot be looked into.
fn names_in(directory: &Path) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let entries = entries.filter(|entry| exists(&entry.path().join(SCENARIO)));
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

/// The directory of a scenario inside the binary.
fn embedded(name: &str) -> Option<&'static Dir<'static>> {
    EMBEDDED.get_dir(name).filter(|_| is_name(name)).filter(|dir| dir.get_file(dir.path().join(SCENARIO)).is_some())
}

fn files_on_disk(dir: &Path) -> Result<Files, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: dir.to_owned(), source };
    let mut files = Files::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        // Emacs' locks and macOS' companions begin with a dot.
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !is_hidden && path.extension().is_some_and(|extension| extension == "json") {
            let contents = read(&path).map_err(|source| LoadError::Unreadable { path: path.clone(), source })?;
            files.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), contents.into());
        }
    }
    Ok(files)
}

/// The most bytes that a file may have.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Reads a regular file: a pipe or a device might never end.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::{Error, ErrorKind};
    let meta = std::fs::metadata(path)?;
    if !meta.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    if meta.len() > MOST_BYTES {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it has {} bytes, over {MOST_BYTES}", meta.len())));
    }
    std::fs::read(path)
}
