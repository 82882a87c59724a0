// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

export type Scale = (value: number) => number;

/** From [from, to] of the figures to [start, end] of the drawing. */
export function linear(from: number, to: number, start: number, end: number): Scale {
    const span = to - from || 1;
    return (value) => start + ((value - from) / span) * (end - start);
}

/** About `wanted` round figures from 0 to at least `most`. */
export function ticks(most: number, wanted = 4): number[] {
    if (!(most > 0)) return [0, 1];
    const rough = most / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999) ?? rough;
    const count = Math.ceil(most / step - 1e-9);
    return Array.from({ length: count + 1 }, (_, i) => i * step);
}

export const dayLength = 24 * 3600 * 1000;
export const dayNumber = (iso: string) => Math.round(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / dayLength);
export const isoDay = (day: number) => new Date(day * dayLength).toISOString().slice(0, 10);

/** The days that an axis names: at most `most`, evenly apart. */
export function dayTicks(first: number, last: number, most: number): number[] {
    const steps = [1, 2, 7, 14, 28, 91, 182, 364, 728, 1820];
    const step = steps.find((one) => (last - first) / one <= most) ?? 3640;
    const out: number[] = [];
    for (let day = first; day <= last; day += step) out.push(day);
    return out;
}

/** The width that an element has on the screen, as it changes; 0 before it is there. */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, number] {
    const element = useRef<E>(null);
    const [width, setWidth] = useState(0);
    useEffect(() => {
        if (!element.current) return;
        const measure = () => setWidth(Math.floor(element.current?.clientWidth ?? 0));
        measure();
        const watch = new ResizeObserver(measure);
        watch.observe(element.current);
        return () => watch.disconnect();
    }, []);
    return [element, width];
}
