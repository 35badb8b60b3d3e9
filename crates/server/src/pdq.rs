//! PDQ: 256 bits of a picture that stay nearly the same when it is saved again, resized, brightened or painted over a little, and by
//! which two pictures that people take for the same are found. Knows no store and no page.
//!
//! Owns the steps, as the algorithm's authors published them: brightness, a tent of two boxes each way, 64 x 64 points, the 16 x 16
//! lowest waves without the mean, and of each whether it lies above the median. The tests hold it against hashes that their own
//! implementation gives.

use crate::decode;
use image::DynamicImage;
use image::imageops::FilterType;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Points to a side before the transform.
const POINTS: usize = 64;
/// Waves to a side after it.
const WAVES: usize = 16;
/// Larger pictures are made smaller first, to at most this side.
const SIDE: u32 = 512;
/// A picture with less in it than this (of 100) is like every other one of its kind, and is not compared.
pub const ENOUGH: u8 = 50;
/// Two pictures whose hashes differ in more bits than this are different ones.
pub const NEAR: u32 = 31;

/// A hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hash(pub [u64; 4]);

impl Hash {
    /// In how many bits two differ.
    #[must_use]
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// As bytes, the highest bit first.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        let mut out = [0; 32];
        for (part, word) in out.chunks_exact_mut(8).zip(self.0) {
            part.copy_from_slice(&word.to_be_bytes());
        }
        out
    }

    /// What [`Hash::bytes`] gave.
    #[must_use]
    pub fn of_bytes(bytes: &[u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, part) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = part.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        }
        Self(words)
    }
}

/// The hash of a picture, and how much there is in it: 0 to 100.
#[must_use]
pub fn of(picture: &DynamicImage) -> (Hash, u8) {
    let large = picture.width().max(picture.height()) > SIDE;
    let small = if large { picture.resize(SIDE, SIDE, FilterType::Triangle) } else { picture.clone() };
    let rgb = decode::on_white(&small);
    let light = rgb.pixels().map(|p| {
        let [r, g, b] = p.0.map(f64::from);
        0.299 * r + 0.587 * g + 0.114 * b
    });
    of_light(light.collect(), rgb.width() as usize, rgb.height() as usize)
}

fn of_light(mut light: Vec<f64>, width: usize, height: usize) -> (Hash, u8) {
    if width == 0 || height == 0 {
        return (Hash([0; 4]), 0);
    }
    for _ in 0..2 {
        for row in light.chunks_exact_mut(width) {
            let smooth = boxed(row, width.div_ceil(2 * POINTS));
            row.copy_from_slice(&smooth);
        }
        for x in 0..width {
            let column: Vec<f64> = light.iter().skip(x).step_by(width).copied().collect();
            for (y, value) in boxed(&column, height.div_ceil(2 * POINTS)).into_iter().enumerate() {
                light[y * width + x] = value;
            }
        }
    }
    let middle = |n: usize, all: usize| (2 * n + 1) * all / (2 * POINTS);
    let mut points = [[0.0; POINTS]; POINTS];
    for (y, row) in points.iter_mut().enumerate() {
        for (x, point) in row.iter_mut().enumerate() {
            *point = light[middle(y, height) * width + middle(x, width)];
        }
    }
    (bits(&waves(&points)), content(&points))
}

/// The mean of each value and of those around it, `size` in all; at the ends, of fewer.
fn boxed(values: &[f64], size: usize) -> Vec<f64> {
    let after = size / 2;
    let before = size - after - 1;
    let mut sums = Vec::with_capacity(values.len() + 1);
    sums.push(0.0);
    let mut sum = 0.0;
    for value in values {
        sum += value;
        sums.push(sum);
    }
    let mean = |n: usize| {
        let (from, to) = (n.saturating_sub(before), (n + after + 1).min(values.len()));
        (sums[to] - sums[from]) / (to - from) as f64
    };
    (0..values.len()).map(mean).collect()
}

/// How much changes from point to point: a hundredth of the whole range counts, the rest is noise.
fn content(points: &[[f64; POINTS]; POINTS]) -> u8 {
    let step = |a: f64, b: f64| (((a - b) * 100.0) / 255.0).trunc().abs();
    let mut sum = 0.0;
    for y in 0..POINTS {
        for x in 0..POINTS {
            if y + 1 < POINTS {
                sum += step(points[y][x], points[y + 1][x]);
            }
            if x + 1 < POINTS {
                sum += step(points[y][x], points[y][x + 1]);
            }
        }
    }
    (sum / 90.0).min(100.0) as u8
}

/// The cosine of each wave at each point; the flat one is left out.
static COSINES: LazyLock<[[f64; POINTS]; WAVES]> = LazyLock::new(|| {
    let mut all = [[0.0; POINTS]; WAVES];
    for (wave, row) in all.iter_mut().enumerate() {
        for (point, value) in row.iter_mut().enumerate() {
            let turn = (wave + 1) as f64 * (2 * point + 1) as f64;
            *value = (2.0 / POINTS as f64).sqrt() * (PI / (2 * POINTS) as f64 * turn).cos();
        }
    }
    all
});

fn waves(points: &[[f64; POINTS]; POINTS]) -> [[f64; WAVES]; WAVES] {
    let mut down = [[0.0; POINTS]; WAVES];
    for (row, cosines) in down.iter_mut().zip(COSINES.iter()) {
        for (x, value) in row.iter_mut().enumerate() {
            *value = cosines.iter().zip(points).map(|(c, points)| c * points[x]).sum();
        }
    }
    let mut both = [[0.0; WAVES]; WAVES];
    for (row, down) in both.iter_mut().zip(&down) {
        for (value, cosines) in row.iter_mut().zip(COSINES.iter()) {
            *value = cosines.iter().zip(down).map(|(c, d)| c * d).sum();
        }
    }
    both
}

/// Which waves lie above the median; the first one is the lowest bit of the last word.
fn bits(waves: &[[f64; WAVES]; WAVES]) -> Hash {
    let mut sorted: Vec<f64> = waves.iter().flatten().copied().collect();
    let (_, median, _) = sorted.select_nth_unstable_by(WAVES * WAVES / 2 - 1, f64::total_cmp);
    let mut words = [0_u64; 4];
    for (n, wave) in waves.iter().flatten().enumerate() {
        if wave > median {
            words[3 - n / 64] |= 1 << (n % 64);
        }
    }
    Hash(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use image::{Rgb, RgbImage};
    use proptest::prelude::*;
    use std::io::Cursor;

    fn noise(x: u32, y: u32, seed: u32) -> u32 {
        let v = x
            .wrapping_mul(374_761_393)
            .wrapping_add(y.wrapping_mul(668_265_263))
            .wrapping_add(seed.wrapping_mul(2_246_822_519));
        let v = (v ^ (v >> 13)).wrapping_mul(1_274_126_177);
        (v ^ (v >> 16)) & 0xff
    }

    /// Patches of colour that run into each other, so many each way, by whole numbers alone: any language makes the same.
    fn patches(width: u32, height: u32, cells: u32, seed: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let (fx, fy) = (x * cells * 256 / width, y * cells * 256 / height);
            let (cx, cy, ax, ay) = (fx >> 8, fy >> 8, fx & 255, fy & 255);
            Rgb([0, 1, 2].map(|c| {
                let at = |dx, dy| noise(cx + dx, cy + dy, seed * 3 + c);
                let top = at(0, 0) * (256 - ax) + at(1, 0) * ax;
                let bottom = at(0, 1) * (256 - ax) + at(1, 1) * ax;
                ((top * (256 - ay) + bottom * ay) >> 16) as u8
            }))
        })
    }

    /// Patches of four sizes over each other, as large and small things in a photograph.
    fn scene(seed: u32) -> RgbImage {
        let all = [(4, 35), (8, 25), (16, 25), (32, 15)]
            .map(|(cells, share)| (patches(480, 360, cells, seed * 4 + cells), share));
        RgbImage::from_fn(480, 360, |x, y| {
            let mix =
                |c: usize| all.iter().map(|(p, share)| u32::from(p.get_pixel(x, y).0[c]) * share).sum::<u32>() / 100;
            Rgb([0, 1, 2].map(|c| mix(c) as u8))
        })
    }

    fn hash(picture: &RgbImage) -> Hash {
        let (hash, content) = of(&picture.clone().into());
        assert!(content >= ENOUGH, "{content}");
        hash
    }

    /// What the authors' own implementation (C++, through its Python binding `pdqhash` 0.2.8) gives for the same pixels.
    #[test]
    fn the_authors_implementation_gives_the_same() {
        for (width, height, seed, want) in [
            (256, 256, 1, "202d86321aac63675aab13e432a6fe3da7727e3d32a653e16a2bf3671aac0631"),
            (512, 512, 2, "14e23c5ce552add36083788dfc1fa22206b02a227c1ff88de183e5d3a772dddd"),
            (300, 200, 3, "24216c1e3ebf32a603f05145788f6613a7726493788fd14503e03aae7ebffc1e"),
            (97, 131, 4, "f206fe36c7f1c3e1a63a4081f9463223eff93226f9cec290263ac3e1d2f03c1e"),
            (64, 64, 5, "dd48554fdc0f8369736786b42ab8fc8fd9cd5c8f2aab06b012a463e1dc0d590d"),
        ] {
            let (hash, content) = of(&patches(width, height, 8, seed).into());
            let want: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&want[2 * n..2 * n + 2], 16).unwrap()).collect();
            let want = Hash::of_bytes(&want.try_into().unwrap());
            assert_eq!((hash.distance(&want), content), (0, 100), "{width} x {height}: {:x?}", hash.bytes());
            assert_eq!(Hash::of_bytes(&hash.bytes()), hash);
        }
    }

    #[test]
    fn what_has_nothing_in_it_is_not_compared() {
        for picture in [
            RgbImage::from_pixel(200, 100, Rgb([120, 120, 120])),
            RgbImage::from_pixel(1, 1, Rgb([0, 0, 0])),
            RgbImage::from_fn(400, 400, |x, _| Rgb([(x / 4) as u8; 3])),
            RgbImage::from_pixel(5000, 1, Rgb([9, 9, 9])),
        ] {
            let (_, content) = of(&picture.into());
            assert!(content < ENOUGH, "{content}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_same_picture_stays_near_and_another_is_far(seed in 0_u32..100_000, side in 380_u32..1200, quality in 50_u8..95, light in -25_i32..25) {
            let first = scene(seed);
            let here = hash(&first);
            let resized = DynamicImage::from(first.clone()).resize(side, side, FilterType::CatmullRom);
            let mut jpeg = Cursor::new(vec![]);
            resized.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality)).unwrap();
            let again = image::load_from_memory(jpeg.get_ref()).unwrap();
            let saved = here.distance(&hash(&again.to_rgb8()));
            prop_assert!(saved <= 18, "{} px, quality {}: {}", side, quality, saved);
            let brighter = here.distance(&hash(&again.brighten(light).to_rgb8()));
            prop_assert!(brighter <= 24, "brighter by {}: {}", light, brighter);
            let cropped = here.distance(&hash(&DynamicImage::from(first).crop_imm(2, 2, 476, 357).to_rgb8()));
            prop_assert!(cropped <= NEAR, "cropped: {}", cropped);
            let other = here.distance(&hash(&scene(seed + 1)));
            prop_assert!(other > 2 * NEAR, "{}", other);
        }
    }
}
