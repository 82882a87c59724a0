// SPDX-License-Identifier: Apache-2.0
// Which page an address names.
import type { ComponentChild } from "preact";
import type { Place } from "./router";
import { Heading } from "./parts";
import { useWords } from "./words";
import { AnalysisPage } from "./pages/analysis";
import { IncidentPage } from "./pages/incident";
import { IncidentsPage } from "./pages/incidents";
import { MePage } from "./pages/me";
import { NewAccountPage } from "./pages/new_account";
import { NoticesPage } from "./pages/notices";
import { NowPage } from "./pages/now";
import { PeoplePage } from "./pages/people";
import { RecordPage } from "./pages/record";
import { ReportsPage } from "./pages/reports";
import { ReviewPage } from "./pages/review";
import { TermsPage } from "./pages/terms";
import { AgreementPage } from "./pages/agreement";
import { UploadPage } from "./pages/upload";

function NotFound() {
    const words = useWords();
    return (
        <>
            <Heading>{words.say("app.not_found")}</Heading>
            <p><a href="/">{words.say("app.nav.now")}</a></p>
        </>
    );
}

export function pageAt({ path, query }: Place): ComponentChild {
    const [, first = "", second] = path.split("/").map(decodeURIComponent);
    switch (first) {
        case "":
        case "now": return <NowPage />;
        case "terms": return second ? <AgreementPage id={second} /> : <TermsPage query={query} />;
        case "incidents": return second ? <IncidentPage id={second} /> : <IncidentsPage query={query} />;
        case "review": return <ReviewPage query={query} />;
        case "notices": return <NoticesPage />;
        case "analysis": return <AnalysisPage query={query} />;
        case "record": return <RecordPage query={query} />;
        case "reports": return <ReportsPage />;
        case "new": return <NewAccountPage />;
        case "upload": return <UploadPage />;
        case "people": return <PeoplePage />;
        case "me": return <MePage />;
        default: return <NotFound />;
    }
}
