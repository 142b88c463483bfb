import type { Json, JsonObject } from './document.ts';

/**
 * Says which changes between two OpenAPI documents would break a client that was written against the first: an operation, parameter,
 * field or status that is gone, a request that takes less than before, an answer that may be more than before.
 */
export function incompatibilities(before: JsonObject, after: JsonObject): string[] {
  return new Comparison(before, after).run();
}

const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const keys = (value: Json | undefined): string[] => Object.keys(object(value));

/** Bounds by name: whether a larger value takes less. */
const BOUNDS = { minLength: true, minimum: true, minItems: true, maxLength: false, maximum: false, maxItems: false } as const;

class Comparison {
  private readonly found: string[] = [];
  private readonly before: JsonObject;
  private readonly after: JsonObject;

  constructor(before: JsonObject, after: JsonObject) {
    this.before = before;
    this.after = after;
  }

  run(): string[] {
    const after = object(this.after.paths);
    for (const [path, item] of Object.entries(object(this.before.paths))) {
      for (const [method, operation] of Object.entries(object(item))) {
        const at = `${method.toUpperCase()} ${path}`;
        const now = object(after[path])[method];
        if (now === undefined) this.found.push(`${at} was removed`);
        else this.operation(at, object(operation), object(now));
      }
    }
    return this.found;
  }

  private resolve(document: JsonObject, value: Json | undefined): JsonObject {
    const target = object(value);
    if (typeof target.$ref !== 'string') return target;
    let at: Json | undefined = document;
    for (const part of target.$ref.slice(2).split('/')) at = object(at)[part];
    return this.resolve(document, at);
  }

  private operation(at: string, before: JsonObject, after: JsonObject): void {
    if (before.operationId !== after.operationId) this.found.push(`${at}: its operationId changed`);
    if (JSON.stringify(before.security) !== JSON.stringify(after.security)) this.found.push(`${at}: it needs another scope`);
    this.parameters(at, before, after);
    this.body(at, before, after);
    const now = object(after.responses);
    for (const [status, response] of Object.entries(object(before.responses))) {
      if (now[status] === undefined) {
        this.found.push(`${at}: the status ${status} was removed`);
        continue;
      }
      const [was, is] = [this.content(this.before, response), this.content(this.after, now[status])];
      for (const type of Object.keys(was)) {
        if (is[type] === undefined) this.found.push(`${at} ${status}: no longer answers ${type}`);
        else this.answer(`${at} ${status}`, object(was[type]).schema, object(is[type]).schema, 0);
      }
    }
  }

  private content(document: JsonObject, response: Json | undefined): JsonObject {
    return object(this.resolve(document, response).content);
  }

  private parameters(at: string, before: JsonObject, after: JsonObject): void {
    const named = (document: JsonObject, operation: JsonObject) =>
      new Map(
        list(operation.parameters).map((each) => {
          const parameter = this.resolve(document, each);
          return [`${String(parameter.in)} parameter ${String(parameter.name)}`, parameter] as const;
        }),
      );
    const [was, is] = [named(this.before, before), named(this.after, after)];
    for (const [name, parameter] of was) {
      const now = is.get(name);
      if (!now) this.found.push(`${at}: the ${name} was removed`);
      else this.request(`${at}: the ${name}`, parameter.schema, now.schema, 0);
    }
    for (const [name, parameter] of is) {
      if (parameter.required === true && was.get(name)?.required !== true) this.found.push(`${at}: the ${name} is required now`);
    }
  }

  private body(at: string, before: JsonObject, after: JsonObject): void {
    const [was, is] = [object(before.requestBody), object(after.requestBody)];
    if (is.required === true && was.required !== true) this.found.push(`${at}: a body is required now`);
    for (const [type, media] of Object.entries(object(was.content))) {
      const now = object(is.content)[type];
      if (now === undefined) this.found.push(`${at}: no longer takes ${type}`);
      else this.request(`${at} body`, object(media).schema, object(now).schema, 0);
    }
  }

  /** Everything that was taken is taken. */
  private request(at: string, before: Json | undefined, after: Json | undefined, depth: number): void {
    this.covers(at, [this.before, before], [this.after, after], depth, 'no longer takes');
  }

  /** Nothing is answered that was not foreseen. */
  private answer(at: string, before: Json | undefined, after: Json | undefined, depth: number): void {
    this.covers(at, [this.after, after], [this.before, before], depth, 'may now be');
  }

  /** Each alternative of `narrow` must fit one of `wide`. */
  private covers(at: string, narrow: Schema, wide: Schema, depth: number, words: string): void {
    if (depth > 20) return;
    const alternatives = this.alternatives(wide);
    for (const one of this.alternatives(narrow)) {
      const alike = alternatives.filter((candidate) => candidate.type === undefined || candidate.type === one.type);
      const attempts = alike.map((candidate) =>
        this.attempt(() => this.fits(at, one, candidate, [narrow[0], wide[0]], depth, words)),
      );
      if (attempts.length === 0) this.found.push(`${at} ${words} ${String(one.type ?? 'anything')}`);
      else if (!attempts.some((problems) => problems.length === 0)) this.found.push(...(attempts[0] ?? []));
    }
  }

  private attempt(work: () => void): string[] {
    const mark = this.found.length;
    work();
    return this.found.splice(mark);
  }

  private alternatives([document, value]: Schema): JsonObject[] {
    const schema = this.resolve(document, value);
    const choices = [...list(schema.anyOf), ...list(schema.oneOf)];
    if (choices.length > 0) return choices.flatMap((choice) => this.alternatives([document, choice]));
    if (Array.isArray(schema.type)) return schema.type.map((type) => ({ ...schema, type }));
    return [schema];
  }

  private fits(at: string, narrow: JsonObject, wide: JsonObject, documents: Documents, depth: number, words: string): void {
    const asked = words === 'no longer takes';
    const values = (schema: JsonObject) => ('const' in schema ? [schema.const] : list(schema.enum));
    const allowed = values(wide);
    if (allowed.length > 0) {
      const own = values(narrow);
      if (own.length === 0)
        this.found.push(`${at} ${words} ${asked ? 'other values than' : 'another value than'} ${allowed.join(', ')}`);
      for (const value of own) if (!allowed.includes(value as Json)) this.found.push(`${at} ${words} ${JSON.stringify(value)}`);
    }
    if (asked) this.bounds(at, narrow, wide);
    this.fields(at, narrow, wide, documents, depth, words);
    if (wide.items !== undefined)
      this.covers(`${at}[]`, [documents[0], narrow.items], [documents[1], wide.items], depth + 1, words);
    if (
      typeof wide.additionalProperties === 'object' &&
      wide.additionalProperties !== null &&
      narrow.additionalProperties !== undefined
    ) {
      const [n, w]: [Schema, Schema] = [
        [documents[0], narrow.additionalProperties],
        [documents[1], wide.additionalProperties],
      ];
      this.covers(`${at}.*`, n, w, depth + 1, words);
    }
  }

  private bounds(at: string, before: JsonObject, after: JsonObject): void {
    for (const [name, lower] of Object.entries(BOUNDS)) {
      const [was, is] = [before[name], after[name]];
      if (typeof is !== 'number') continue;
      if (typeof was !== 'number' || (lower ? is > was : is < was))
        this.found.push(`${at}: ${name} is ${is} now, was ${String(was ?? 'none')}`);
    }
    for (const name of ['pattern', 'format']) {
      if (after[name] !== undefined && after[name] !== before[name]) this.found.push(`${at}: its ${name} changed`);
    }
  }

  private fields(at: string, narrow: JsonObject, wide: JsonObject, documents: Documents, depth: number, words: string): void {
    const asked = words === 'no longer takes';
    const [before, after] = asked ? [narrow, wide] : [wide, narrow];
    const required = (schema: JsonObject) => list(schema.required).map(String);
    for (const name of keys(before.properties)) {
      const [was, is] = [object(narrow.properties)[name], object(wide.properties)[name]];
      if (object(after.properties)[name] === undefined) this.found.push(`${at}.${name} was removed`);
      else this.covers(`${at}.${name}`, [documents[0], was], [documents[1], is], depth + 1, words);
    }
    if (asked) {
      for (const name of required(after)) if (!required(before).includes(name)) this.found.push(`${at}.${name} is required now`);
    } else {
      for (const name of required(before)) {
        if (!required(after).includes(name) && name in object(after.properties))
          this.found.push(`${at}.${name} may be missing now`);
      }
    }
  }
}

type Schema = readonly [JsonObject, Json | undefined];
type Documents = readonly [JsonObject, JsonObject];
