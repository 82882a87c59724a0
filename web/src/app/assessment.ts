// SPDX-License-Identifier: Apache-2.0
// The parts of assessment.json that figures are drawn from (doc/formats/assessment.schema.json).
export type Change = "fell" | "rose" | "no_clear_change" | "cannot_be_estimated";
type Bounds = [number | null, number | null];

export interface Window {
    days: { first: string; last: string };
    watched_days: number;
    count: number;
    rate_per_day: number | null;
}

export interface Comparison {
    before: Window;
    after: Window;
    estimate: { ratio: number | null; interval: Bounds; p: number | null } | null;
    change: Change;
    why_not: string | null;
}

export interface Trend {
    outcome: string;
    pre_truce_window_set_apart: Comparison;
    pre_truce_window_included: Comparison;
}

export interface TollSum {
    low: number;
    best: number;
    high: number;
    incidents: number;
    without_figure: number;
}

export interface Toll {
    area: string | null;
    days: { first: string; last: string };
    killed: TollSum;
    civilians_killed: TollSum;
    protected_sites: { site: string; incidents: number; killed: TollSum; civilians_killed: TollSum }[];
}

export interface CourseDay {
    day: string;
    incidents: number;
    deaths: number;
    civilian_deaths: number;
    breaches: number;
}

export interface Hotspot {
    place: string;
    centre: { lat: number; lon: number };
    radius_km: number;
    days: { first: string; last: string };
    incidents: number;
    expected: number;
    ratio: number | null;
    single: { p: number; recurrence_days: number | null };
    clustered: { p: number } | null;
    evidence: string;
}

export interface Scan {
    model: string;
    study: { first: string; last: string } | null;
    baseline: { first: string; last: string } | null;
    why_not: string | null;
    warnings: string[];
    incidents: number;
    sites: number;
    hotspots: Hotspot[];
}

interface Chance {
    days: number;
    holds: { chance: number; interval: Bounds } | null;
    over_models?: Bounds;
}

export interface Durability {
    truce: { name: string; age_days: number | null } | null;
    why_not: string | null;
    answer: Chance[];
    models: { model: string; why_not: string | null; forecasts: Chance[] }[];
    curve: { days: number | null; holds: number | null; interval: Bounds; at_risk: number }[];
    backtest: { reliability_days: number; reliability: { mean_forecast: number | null; share_failed: number | null; interval: Bounds; forecasts: number }[]; scores: { model: string; days: number; forecasts: number; brier: number | null; skill: number | null; spiegelhalter_z: number | null }[] } | null;
    warnings: string[];
}

export interface Tally {
    id: string;
    name: Record<string, string>;
    incidents: number;
    verdicts: Record<string, number>;
    killed: TollSum;
}

export interface Assessment {
    truce: { agreement: string; day: string | null };
    trends: { incidents: Trend; deaths: Trend; civilian_deaths: Trend };
    trend_models: { warnings: string[] };
    trends_by_area: { name: string; trend: Trend; q: number | null }[];
    trends_by_party: { name: string; trend: Trend; q: number | null }[];
    tolls: { focus_before: Toll; focus_since: Toll & { running: { day: string; killed: [number, number, number]; civilians_killed: [number, number, number] }[] }; all: Toll };
    hotspots: Scan[];
    durability: Durability | null;
    course: { focus: CourseDay[]; all: CourseDay[] };
    by_party: Tally[];
    by_area: Tally[];
    by_act: Tally[];
    undecided: { element: string; reason: string; incidents: number }[];
}
