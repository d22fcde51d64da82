//! From values to places on an axis, and which values stand on it.

/// How values are spread over an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spread {
    /// Equal steps for equal differences.
    Linear,
    /// Equal steps for equal ratios.
    Logarithmic,
}

/// An axis: values from `low` to `high` stand between the places `from` and `to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    spread: Spread,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

/// A ratio of largest to smallest value from which differences would be lost on a linear axis.
const WIDE: f64 = 5.0;

/// Steps within a decade that people count in.
const STEPS: [f64; 3] = [1.0, 2.0, 5.0];

impl Scale {
    /// An axis for positive `values`, with a little room at both ends; logarithmic where they differ much.
    #[must_use]
    pub(super) fn of(values: &[f64], (from, to): (f64, f64)) -> Self {
        let positive = || values.iter().copied().filter(|value| *value > 0.0 && value.is_finite());
        let least = positive().fold(f64::INFINITY, f64::min);
        let most = positive().fold(0.0, f64::max);
        match () {
            () if most == 0.0 => Self::linear(1.0, (from, to)),
            () if most / least < WIDE => Self::linear(most * 1.05, (from, to)),
            () => Self::logarithmic((least / 1.15, most * 1.15), (from, to)),
        }
    }

    /// An axis from 0 to `high`.
    #[must_use]
    pub(super) fn linear(high: f64, (from, to): (f64, f64)) -> Self {
        Self { spread: Spread::Linear, low: 0.0, high, from, to }
    }

    /// An axis of ratios; both ends are positive.
    #[must_use]
    pub(super) fn logarithmic((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        Self { spread: Spread::Logarithmic, low, high, from, to }
    }

    /// Where `value` stands; values beyond the ends stand at the ends.
    #[must_use]
    pub(super) fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let share = match self.spread {
            Spread::Linear => value / self.high,
            Spread::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        self.from + share * (self.to - self.from)
    }

    /// The value at a share of the axis, from 0 to 1.
    #[must_use]
    pub(super) fn value(&self, share: f64) -> f64 {
        match self.spread {
            Spread::Linear => share * self.high,
            Spread::Logarithmic => self.low * (self.high / self.low).powf(share),
        }
    }

    /// Round values on the axis, at least `gap` apart.
    #[must_use]
    pub(super) fn ticks(&self, gap: f64) -> Vec<f64> {
        match self.spread {
            Spread::Linear => self.even(gap),
            Spread::Logarithmic => self.decades(gap),
        }
    }

    fn even(&self, gap: f64) -> Vec<f64> {
        let most = ((self.to - self.from).abs() / gap).max(1.0);
        let least = self.high / most;
        let decade = 10_f64.powf(least.log10().floor());
        let step = STEPS.iter().map(|step| step * decade).find(|step| *step >= least);
        let step = step.unwrap_or(10.0 * decade);
        (0..1000).map(|at| f64::from(at) * step).take_while(|value| *value <= self.high).collect()
    }

    /// The finest division of decades whose values stand far enough apart.
    fn decades(&self, gap: f64) -> Vec<f64> {
        let divided = |steps: &[f64]| {
            let powers = (-9..13).map(|power| 10_f64.powi(power));
            let values = powers.flat_map(|power| steps.iter().map(move |step| step * power));
            values.filter(|value| (self.low..=self.high).contains(value)).collect::<Vec<f64>>()
        };
        let fits = |values: &Vec<f64>| {
            values.windows(2).all(|pair| (self.place(pair[1]) - self.place(pair[0])).abs() >= gap)
        };
        let finest = [&STEPS[..], &[1.0, 3.0], &[1.0]].map(divided).into_iter().find(fits);
        finest.unwrap_or_else(|| divided(&[1.0]).into_iter().step_by(2).collect())
    }
}

/// A value of an axis as text, without needless zeros; thousands as `10k`, as there is little room.
#[must_use]
pub(super) fn tick(value: f64) -> String {
    if value >= 10_000.0 {
        return tick(value / 1000.0) + "k";
    }
    let text = format!("{value:.3}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    short.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_near_each_other_stand_on_a_linear_axis_from_zero() {
        let scale = Scale::of(&[2.0, 4.0], (0.0, 420.0));
        assert!((scale.place(0.0) - 0.0).abs() < 1e-9 && (scale.place(4.2) - 420.0).abs() < 1e-9);
        assert_eq!(
            scale.ticks(80.0).iter().copied().map(tick).collect::<Vec<_>>(),
            ["0", "1", "2", "3", "4"]
        );
    }

    #[test]
    fn values_far_apart_stand_on_a_logarithmic_axis() {
        let scale = Scale::of(&[0.5, 50.0], (0.0, 400.0));
        let step = scale.place(10.0) - scale.place(1.0);
        assert!((scale.place(20.0) - scale.place(2.0) - step).abs() < 1e-9);
        let ticks: Vec<String> = scale.ticks(30.0).into_iter().map(tick).collect();
        assert_eq!(ticks, ["0.5", "1", "2", "5", "10", "20", "50"]);
    }

    #[test]
    fn ticks_keep_their_distance() {
        let ticks = |most| -> Vec<String> {
            let scale = Scale::of(&[1.0, most], (0.0, 300.0));
            scale.ticks(40.0).into_iter().map(tick).collect()
        };
        assert_eq!(ticks(100.0), ["1", "2", "5", "10", "20", "50", "100"]);
        assert_eq!(ticks(1e3), ["1", "3", "10", "30", "100", "300", "1000"]);
        assert_eq!(ticks(1e5), ["1", "10", "100", "1000", "10k", "100k"]);
        assert_eq!(ticks(1e9).len(), 5);
    }

    #[test]
    fn nothing_to_show_still_makes_an_axis() {
        let scale = Scale::of(&[], (0.0, 100.0));
        assert!(scale.place(0.5).is_finite() && !scale.ticks(30.0).is_empty());
    }

    #[test]
    fn values_beyond_the_axis_stand_at_its_ends() {
        let scale = Scale::logarithmic((1.0, 10.0), (0.0, 100.0));
        assert!((scale.place(0.0)).abs() < 1e-9 && (scale.place(1e9) - 100.0).abs() < 1e-9);
        assert!((scale.value(0.5) - 10_f64.sqrt()).abs() < 1e-9);
    }
}
