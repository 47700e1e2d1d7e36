//! `init`: the files of a scenario, to be changed.

use std::{fs, io::Write, path::PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use crate::scenario::Catalog;

/// Writes the files of a scenario into a directory.
#[derive(Debug, Args)]
pub struct Init {
    /// The directory: a new one, or one that is empty.
    dir: PathBuf,
    /// The scenario: a name, or the path of a directory.
    #[arg(long, default_value = "default", value_name = "NAME|DIR")]
    from: String,
    /// A directory of scenarios, besides those in the binary.
    #[arg(long, env = "R1MOCK_FIXTURES", value_name = "DIR")]
    fixtures: Option<PathBuf>,
}

impl Init {
    /// Writes them, and prints what to do next. A directory that has something in it already is refused.
    pub fn run(self) -> anyhow::Result<()> {
        let Self { dir, from, fixtures } = self;
        let files = Catalog::new(fixtures)?.files(&from)?;
        fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        if fs::read_dir(&dir).with_context(|| format!("{} cannot be read", dir.display()))?.next().is_some() {
            bail!("{} is not empty", dir.display());
        }
        for (name, contents) in &files {
            let path = dir.join(name);
            fs::write(&path, contents).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        let (dir, count) = (dir.display(), files.len());
        let mut out = std::io::stdout().lock();
        writeln!(out, "{count} files of scenario {from} are in {dir}")?;
        writeln!(out, "check them: r1-entitlements-mock check {dir}")?;
        writeln!(out, "serve them: r1-entitlements-mock --watch --scenario {dir}")?;
        Ok(())
    }
}
