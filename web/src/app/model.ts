// SPDX-License-Identifier: Apache-2.0
// What the server answers, by short names. The types are made from src/server/openapi.yaml (`npm run types`).
import type { components } from "./api-types";

type Schemas = components["schemas"];

export type Mission = Schemas["Mission"];
export type Now = Schemas["Now"];
export type Incident = Schemas["Incident"];
export type IncidentPage = Schemas["IncidentPage"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type IncidentColumns = Schemas["IncidentColumns"];
export type Account = Schemas["Account"];
export type Finding = Schemas["Finding"];
export type Agreement = Schemas["Agreement"];
export type Actor = Schemas["Actor"];
export type Area = Schemas["Area"];
export type Bound = Schemas["Bound"];
export type Notices = Schemas["Notices"];
export type Notice = Schemas["Notice"];
export type Opinion = Schemas["Opinion"];
export type NewOpinion = Schemas["NewOpinion"];
export type NewAccount = Schemas["NewAccount"];
export type Inquiry = Schemas["Inquiry"];
export type Written = Schemas["Written"];
export type Upload = Schemas["Upload"];
export type Report = Schemas["Report"];
export type Analysis = Schemas["Analysis"];
export type Feeds = Schemas["Feeds"];
export type Feed = Feeds["feeds"][number];
export type Entry = Schemas["Entry"];
export type EntryPage = Schemas["EntryPage"];
export type Proof = Schemas["Proof"];
export type Person = Schemas["Me"];
export type Member = Schemas["Person"];
export type Token = Schemas["Token"];
export type Role = Schemas["Role"];
export type Side = Schemas["Side"];
export type Place = Schemas["Place"];
export type Moment = Schemas["Moment"];
export type Count = Schemas["Count"];
export type Alert = Schemas["Alert"];
export type JointStatus = Schemas["JointStatus"];

export interface List<T> {
    total: number;
    rows: T[];
    next?: string;
}
