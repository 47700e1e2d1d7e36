/**
 * Reads answers with zod schemas generated from the OpenAPI documents: strictly, so that an unknown member, a missing one or
 * another type fails.
 *
 *     node read.js DIRECTORY
 *
 * The directory has the documents, `api.json` and `control.json`, and `answers.jsonl`, which read.py has written: an answer a
 * line.
 */

import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { schemas as api } from "./api.js";
import { schemas as control } from "./control.js";

type Schema = { $ref?: string; type?: string; items?: Schema; oneOf?: Schema[] };
type Content = { [mediaType: string]: { schema: Schema } };
type Operation = { responses: { [status: string]: { content?: Content } } };
type Paths = { [path: string]: { [method: string]: Operation } };

/** A line of `answers.jsonl`. */
const Answer = z
  .object({
    document: z.enum(["api", "control"]),
    method: z.string(),
    path: z.string(),
    status: z.string(),
    mediaType: z.string(),
    body: z.string(),
    from: z.string(),
  })
  .strict();

const directory = process.argv[2] ?? ".";
const generated: Record<"api" | "control", Record<string, z.ZodTypeAny>> = { api, control };
const paths = (name: string): Paths => JSON.parse(readFileSync(`${directory}/${name}.json`, "utf8")).paths;
const documents = { api: paths("api"), control: paths("control") };

function typeOf(document: "api" | "control", schema: Schema): z.ZodTypeAny {
  const name = schema.$ref?.split("/").pop();
  if (name !== undefined) {
    const found = generated[document][name];
    if (found === undefined) throw new Error(`${document} has no schema ${name}`);
    return found;
  }
  if (schema.oneOf !== undefined) {
    const [one, two, ...others] = schema.oneOf.map((choice) => typeOf(document, choice));
    return two === undefined ? one! : z.union([one!, two, ...others]);
  }
  if (schema.type === "array" && schema.items !== undefined) return z.array(typeOf(document, schema.items));
  if (schema.type === "object") return z.object({}).passthrough();
  throw new Error(`unexpected schema ${JSON.stringify(schema)}`);
}

const known = new Map<string, z.ZodTypeAny>();
const wrong: string[] = [];
let read = 0;
for await (const line of createInterface({ input: createReadStream(`${directory}/answers.jsonl`) })) {
  const answer = Answer.parse(JSON.parse(line));
  const { document, method, path, status, mediaType } = answer;
  const key = [document, method, path, status, mediaType].join(" ");
  let type = known.get(key);
  if (type === undefined) {
    const content = documents[document][path]?.[method]?.responses[status]?.content?.[mediaType];
    if (content === undefined) throw new Error(`${key} is not documented`);
    type = typeOf(document, content.schema);
    known.set(key, type);
  }
  read += 1;
  const result = type.safeParse(JSON.parse(answer.body));
  if (!result.success) wrong.push(`${answer.from}: ${JSON.stringify(result.error.issues.slice(0, 3))}`);
}
wrong.slice(0, 20).forEach((text) => console.log(text));
console.log(`${read} answers read with generated zod schemas, ${wrong.length} of them otherwise than documented`);
process.exit(wrong.length === 0 && read > 1000 ? 0 : 1);
