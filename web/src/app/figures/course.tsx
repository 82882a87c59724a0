// SPDX-License-Identifier: Apache-2.0
// Incidents or deaths by day as columns, with the truce's days marked, over which days can be chosen.
import type { TargetedPointerEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { dayNumber, dayTicks, isoDay, linear, ticks, useWidth } from "./scale";

export interface CourseDay {
    day: string;
    all: number;
    /** The part of `all` drawn darker: breaches, or civilians. */
    part: number;
}

export interface CourseMark {
    day: string;
    /** What stands above the line. */
    label: string;
    main: boolean;
}

/** Local days, both included; empty texts leave an end open. */
export interface Span {
    first: string;
    last: string;
}

interface Settings {
    days: CourseDay[];
    /** Names the figure to those who hear it. */
    label: string;
    kind: "breach" | "civilian";
    marks: CourseMark[];
    /** The days before the truce that are set apart. */
    apart?: { first: string; end: string } | undefined;
    height?: number;
    span?: Span;
    onSpan?: (span: Span) => void;
    dayName: (iso: string, withYear: boolean) => string;
    number: (value: number) => string;
}

interface Column {
    from: number;
    to: number;
    all: number;
    part: number;
}

/** Days, or weeks or four weeks where there are too many days for the width. */
function columnsOf(days: CourseDay[], width: number): Column[] {
    const room = Math.max(40, width / 3);
    const every = days.length <= room ? 1 : days.length / 7 <= room ? 7 : 28;
    const columns: Column[] = [];
    days.forEach((one, i) => {
        const day = dayNumber(one.day);
        const last = columns[columns.length - 1];
        if (i % every === 0 || !last) columns.push({ from: day, to: day + 1, all: one.all, part: one.part });
        else {
            last.to = day + 1;
            last.all += one.all;
            last.part += one.part;
        }
    });
    return columns;
}

const margin = { left: 34, right: 8, top: 22, bottom: 22 };

export function Course(settings: Settings) {
    const { days, label, kind, marks, apart, height = 170, span, onSpan, dayName, number } = settings;
    const [box, width] = useWidth<HTMLDivElement>();
    const drag = useRef<number | undefined>(undefined);
    const [dragged, setDragged] = useState<[number, number] | undefined>();
    const first = days[0];
    const last = days[days.length - 1];
    if (!first || !last) return null;
    const begin = dayNumber(first.day);
    const end = dayNumber(last.day) + 1;
    const columns = columnsOf(days, width);
    const heights = ticks(Math.max(1, ...columns.map((one) => one.all)), 3);
    const x = linear(begin, end, margin.left, Math.max(margin.left + 1, width - margin.right));
    const y = linear(0, heights[heights.length - 1] ?? 1, height - margin.bottom, margin.top);
    const shown: [number, number] | undefined =
        dragged ?? (span && (span.first || span.last) ? [span.first ? dayNumber(span.first) : begin, (span.last ? dayNumber(span.last) : end - 1) + 1] : undefined);
    const dayAt = (event: PointerEvent) => {
        const left = box.current?.getBoundingClientRect().left ?? 0;
        const at = begin + ((event.clientX - left - margin.left) / Math.max(1, width - margin.left - margin.right)) * (end - begin);
        return Math.min(end - 1, Math.max(begin, Math.floor(at)));
    };
    const brush = onSpan
        ? {
              onPointerDown: (event: TargetedPointerEvent<HTMLDivElement>) => {
                  if (event.button !== 0 || event.pointerType === "touch") return;
                  drag.current = dayAt(event);
                  event.currentTarget.setPointerCapture(event.pointerId);
              },
              onPointerMove: (event: PointerEvent) => {
                  if (drag.current === undefined) return;
                  const now = dayAt(event);
                  setDragged([Math.min(drag.current, now), Math.max(drag.current, now) + 1]);
              },
              onPointerUp: (event: PointerEvent) => {
                  if (drag.current === undefined) return;
                  const [from, to] = [Math.min(drag.current, dayAt(event)), Math.max(drag.current, dayAt(event))];
                  drag.current = undefined;
                  setDragged(undefined);
                  onSpan(from === to ? { first: "", last: "" } : { first: isoDay(from), last: isoDay(to) });
              },
              onPointerCancel: () => {
                  drag.current = undefined;
                  setDragged(undefined);
              },
          }
        : {};
    const long = end - begin > 370;
    // Labels that would run into one another, or into the truce's, are left to the table.
    const main = marks.find((mark) => mark.main);
    const placed: number[] = main ? [x(dayNumber(main.day))] : [];
    const labelled = marks.filter((mark) => {
        const at = x(dayNumber(mark.day));
        if (mark.main) return true;
        if (placed.some((other, i) => Math.abs(other - at) < (i === 0 && main ? 44 : 16))) return false;
        placed.push(at);
        return true;
    });
    const inside = (iso: string) => dayNumber(iso) >= begin && dayNumber(iso) < end;
    return (
        <div class={onSpan ? "course brushed" : "course"} dir="ltr" ref={box} {...brush}>
            {width > 0 && (
                <svg class="chart" role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
                    {apart && dayNumber(apart.end) > begin && (
                        <rect class="apart" x={x(Math.max(begin, dayNumber(apart.first)))} width={Math.max(0, x(dayNumber(apart.end)) - x(Math.max(begin, dayNumber(apart.first))))}
                            y={margin.top} height={height - margin.top - margin.bottom} />
                    )}
                    {heights.map((value) => (
                        <g key={value}>
                            <line class="grid" x1={margin.left} x2={width - margin.right} y1={y(value)} y2={y(value)} />
                            <text class="axis" x={margin.left - 5} y={y(value) + 4} text-anchor="end">{number(value)}</text>
                        </g>
                    ))}
                    {columns.map((one) => {
                        const left = x(one.from) + 0.4;
                        const wide = Math.max(0.8, x(one.to) - x(one.from) - 0.8);
                        return (
                            <g key={one.from}>
                                {one.all > 0 && <rect class="column" x={left} width={wide} y={y(one.all)} height={y(0) - y(one.all)} />}
                                {one.part > 0 && <rect class={`column ${kind}`} x={left} width={wide} y={y(one.part)} height={y(0) - y(one.part)} />}
                            </g>
                        );
                    })}
                    {marks.filter((mark) => inside(mark.day)).map((mark) => (
                        <line key={mark.label + mark.day} class={mark.main ? "mark main" : "mark"} x1={x(dayNumber(mark.day))} x2={x(dayNumber(mark.day))} y1={margin.top - 4} y2={y(0)} />
                    ))}
                    {labelled.filter((mark) => inside(mark.day)).map((mark) => {
                        const at = x(dayNumber(mark.day));
                        return (
                            <text key={mark.label} class={mark.main ? "mark-name main" : "mark-name"} x={Math.min(at, width - margin.right - (mark.main ? 20 : 4))} y={margin.top - 8} text-anchor="middle">{mark.label}</text>
                        );
                    })}
                    <line class="base" x1={margin.left} x2={width - margin.right} y1={y(0)} y2={y(0)} />
                    {dayTicks(begin, end - 1, Math.max(2, Math.floor(width / 84))).map((day) => (
                        <g key={day}>
                            <line class="base" x1={x(day)} x2={x(day)} y1={y(0)} y2={y(0) + 4} />
                            <text class="axis" x={x(day)} y={height - 5} text-anchor={x(day) < margin.left + 16 ? "start" : x(day) > width - 30 ? "end" : "middle"}>{dayName(isoDay(day), long)}</text>
                        </g>
                    ))}
                    {shown && <rect class="chosen" x={x(Math.max(begin, shown[0]))} width={Math.max(2, x(Math.min(end, shown[1])) - x(Math.max(begin, shown[0])))} y={margin.top} height={height - margin.top - margin.bottom} />}
                </svg>
            )}
        </div>
    );
}
