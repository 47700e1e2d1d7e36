//! Whole worlds from seeds: what [`world`] says, for as many seeds as `SEEDS` says.
//!
//! `SEEDS=10000 cargo test --release simulation` takes a night; `SEED=42 cargo test simulation` lives through one world again.

pub mod world;

/// Steps of a world.
const STEPS: usize = 60;

/// The world of a seed.
fn world(seed: u64) -> world::Outcome {
    let mut random = Random(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(world::live(STEPS, &mut |count| random.below(count)))
}

/// SplitMix64: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % count as u64).unwrap()
    }
}

fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    number("SEED").map_or_else(|| (0..number("SEEDS").unwrap_or(40)).collect(), |seed| vec![seed])
}

#[test]
fn whatever_happens_in_a_world_no_promise_is_broken() {
    for seed in seeds() {
        if let Err(violation) = world(seed) {
            panic!("world {seed}: {violation}\nSEED={seed} cargo test simulation replays it");
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_world() {
    let lived = || {
        let mut drawn = Vec::new();
        let mut random = Random(7);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut choose = |count: usize| {
            let one = random.below(count);
            drawn.push((count, one));
            one
        };
        runtime.block_on(world::live(STEPS, &mut choose)).unwrap();
        drawn
    };
    assert_eq!(lived(), lived());
}
