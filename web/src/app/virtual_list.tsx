// SPDX-License-Identifier: Apache-2.0
// A list of any length of which only what is in sight is drawn.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Settings {
    length: number;
    /** The height of every row, in pixels. */
    rowHeight: number;
    label: string;
    row: (index: number, top: number) => ComponentChildren;
    /** Says what is in sight, once scrolling pauses. */
    onSight: (first: number, end: number) => void;
    /** Goes back to the top when it changes. */
    resetOn: unknown;
}

export function VirtualList({ length, rowHeight, label, row, onSight, resetOn }: Settings) {
    const box = useRef<HTMLDivElement>(null);
    const [top, setTop] = useState(0);
    const [height, setHeight] = useState(600);
    useLayoutEffect(() => {
        if (box.current) box.current.scrollTop = 0;
        setTop(0);
    }, [resetOn]);
    useEffect(() => {
        if (!box.current) return;
        const watch = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 600));
        watch.observe(box.current);
        return () => watch.disconnect();
    }, []);
    const first = Math.max(0, Math.floor(top / rowHeight) - 4);
    const end = Math.min(length, Math.ceil((top + height) / rowHeight) + 4);
    useEffect(() => {
        const timer = setTimeout(() => onSight(first, end), 60);
        return () => clearTimeout(timer);
    }, [first, end, resetOn, length]);
    const rows: ComponentChildren[] = [];
    for (let i = first; i < end; ++i) rows.push(row(i, i * rowHeight));
    return (
        <div class="rows" ref={box} tabIndex={0} role="region" aria-label={label} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
            <div class="rows-inner" role="list" style={{ height: `${length * rowHeight}px` }}>{rows}</div>
        </div>
    );
}
