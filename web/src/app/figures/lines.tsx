// SPDX-License-Identifier: Apache-2.0
// Curves with their bands, and points with their intervals.
import { linear, ticks, useWidth } from "./scale";

export interface Line {
    class: string;
    points: { x: number; y: number; low?: number | undefined; high?: number | undefined }[];
    /** Values hold until the next point, as in a curve of survival. */
    steps?: boolean;
}

export interface Dot {
    x: number;
    y: number;
    low: number;
    high: number;
}

interface Settings {
    label: string;
    lines?: Line[];
    dots?: Dot[];
    x: { from: number; to: number; ticks: number[]; name: (value: number) => string; title: string };
    y: { to: number; ticks?: number[]; name: (value: number) => string; title: string };
    /** Uprights, such as the truce's age or its first day. */
    uprights?: { x: number; label: string }[];
    diagonal?: boolean;
    height?: number;
}

const margin = { left: 44, right: 12, top: 24, bottom: 38 };

export function Lines({ label, lines = [], dots = [], x: across, y: up, uprights = [], diagonal = false, height = 240 }: Settings) {
    const [box, width] = useWidth<HTMLDivElement>();
    const heights = up.ticks ?? ticks(up.to, 4);
    const top = Math.max(up.to, heights[heights.length - 1] ?? 1);
    const x = linear(across.from, across.to, margin.left, Math.max(margin.left + 1, width - margin.right));
    const y = linear(0, top, height - margin.bottom, margin.top);
    const at = (value: number) => Math.round(value * 100) / 100;
    const path = (line: Line, value: (point: Line["points"][number]) => number) =>
        line.points
            .map((point, i) => {
                const before = line.points[i - 1];
                const to = `${at(x(point.x))} ${at(y(value(point)))}`;
                if (!before) return `M${to}`;
                return line.steps ? `L${at(x(point.x))} ${at(y(value(before)))} L${to}` : `L${to}`;
            })
            .join("");
    const band = (line: Line) => {
        const points = line.points.filter((point) => point.low !== undefined && point.high !== undefined);
        if (points.length < 2) return undefined;
        const there = path({ ...line, points }, (point) => point.high ?? point.y);
        const back = [...points].reverse();
        return `${there}${back
            .map((point, i) => {
                const before = back[i - 1];
                const to = `${at(x(point.x))} ${at(y(point.low ?? point.y))}`;
                return line.steps && before ? `L${at(x(before.x))} ${at(y(point.low ?? point.y))} L${to}` : `L${to}`;
            })
            .join("")}Z`;
    };
    return (
        <div class="lines" dir="ltr" ref={box}>
            {width > 0 && (
                <svg class="chart" role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
                    {heights.map((value) => (
                        <g key={value}>
                            <line class="grid" x1={margin.left} x2={width - margin.right} y1={y(value)} y2={y(value)} />
                            <text class="axis" x={margin.left - 6} y={y(value) + 4} text-anchor="end">{up.name(value)}</text>
                        </g>
                    ))}
                    <text class="axis title" x={4} y={12}>{up.title}</text>
                    {across.ticks.map((value) => (
                        <g key={value}>
                            <line class="base" x1={x(value)} x2={x(value)} y1={y(0)} y2={y(0) + 4} />
                            <text class="axis" x={x(value)} y={height - margin.bottom + 17} text-anchor={x(value) < margin.left + 16 ? "start" : x(value) > width - 34 ? "end" : "middle"}>{across.name(value)}</text>
                        </g>
                    ))}
                    <text class="axis title" x={width - margin.right} y={height - 4} text-anchor="end">{across.title}</text>
                    <line class="base" x1={margin.left} x2={width - margin.right} y1={y(0)} y2={y(0)} />
                    {diagonal && <line class="mark" x1={x(across.from)} y1={y(across.from)} x2={x(Math.min(across.to, top))} y2={y(Math.min(across.to, top))} />}
                    {lines.map((line) => {
                        const d = band(line);
                        return d ? <path key={line.class} class={`band ${line.class}`} d={d} /> : null;
                    })}
                    {uprights.filter((one) => one.x >= across.from && one.x <= across.to).map((one) => (
                        <g key={one.label}>
                            <line class="mark main" x1={x(one.x)} x2={x(one.x)} y1={margin.top - 4} y2={y(0)} />
                            <text class="mark-name main" x={x(one.x)} y={margin.top - 8} text-anchor={x(one.x) > width - 60 ? "end" : x(one.x) < 120 ? "start" : "middle"}>{one.label}</text>
                        </g>
                    ))}
                    {lines.map((line) => <path key={line.class} class={`curve ${line.class}`} d={path(line, (point) => point.y)} />)}
                    {dots.map((dot) => (
                        <g key={`${dot.x} ${dot.y}`}>
                            <line class="interval" x1={x(dot.x)} x2={x(dot.x)} y1={y(dot.low)} y2={y(dot.high)} />
                            <circle class="point" cx={x(dot.x)} cy={y(dot.y)} r={4} />
                        </g>
                    ))}
                </svg>
            )}
        </div>
    );
}
