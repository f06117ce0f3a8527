import type { ActivityId, AgentId } from '../../ids.js'
import type { Json } from '../../json.js'
import type { Page, PageOptions } from '../../page.js'
import type { AgentKind, Role } from '../../vocabulary.js'
import type { CommandOptions } from '../options.js'
import type { Relation } from '../relations/relation.js'

interface AgentBase {
  readonly id: AgentId
  readonly namespace: string
  /** What it can do, as far as tasks may require it: in code unit order, each once; none unless told. */
  readonly capabilities: readonly string[]
  readonly createdAt: string
}

/** A person: prov:Person. */
export interface HumanAgent extends AgentBase {
  readonly kind: 'human'
  readonly name: string
  /** How to reach them, such as an e-mail address. */
  readonly contact?: string
}

/** A machine-learning model at work in a role: prov:SoftwareAgent. */
export interface MlAgent extends AgentBase {
  readonly kind: 'ml'
  readonly role: Role
  readonly model: { readonly provider: string; readonly name: string }
  readonly name?: string
  readonly version?: string
  /** Settings of the model that shape its output, such as the temperature. */
  readonly parameters?: { readonly [key: string]: Json }
}

/** A program: prov:SoftwareAgent. */
export interface SoftwareAgent extends AgentBase {
  readonly kind: 'software'
  readonly name: string
  readonly version?: string
  /** Where it comes from, such as the address of its repository. */
  readonly source?: string
}

/** A company, a team, an institution: prov:Organization. */
export interface OrganizationAgent extends AgentBase {
  readonly kind: 'organization'
  readonly name: string
  readonly url?: string
}

/** Who acts: a union by `kind`. */
export type Agent = HumanAgent | MlAgent | SoftwareAgent | OrganizationAgent

/** What every `register…` takes besides its own fields. */
export interface RegisterOptions extends CommandOptions {
  readonly id?: AgentId
  /** That of the file unless told. */
  readonly namespace?: string
  /**
   * Find the oldest agent of the namespace with exactly these fields, whatever its id, and make one only where there is
   * none.
   */
  readonly reuse?: boolean
  /** What it can do, as far as tasks may require it: words of the caller's own, such as `typescript`. */
  readonly capabilities?: readonly string[]
}

/** What `agents.registerHuman` takes. */
export interface NewHuman extends RegisterOptions {
  readonly name: string
  readonly contact?: string
}

/** What `agents.registerMl` takes. */
export interface NewMl extends RegisterOptions {
  readonly role: Role
  readonly provider: string
  readonly model: string
  readonly name?: string
  readonly version?: string
  readonly parameters?: { readonly [key: string]: Json }
}

/** What `agents.registerSoftware` takes. */
export interface NewSoftware extends RegisterOptions {
  readonly name: string
  readonly version?: string
  readonly source?: string
}

/** What `agents.registerOrganization` takes. */
export interface NewOrganization extends RegisterOptions {
  readonly name: string
  readonly url?: string
}

/** What `agents.list` takes. */
export interface AgentListOptions extends PageOptions {
  readonly kind?: AgentKind | readonly AgentKind[]
  readonly namespace?: string | readonly string[]
  /** It has this capability, or any of these. */
  readonly capability?: string | readonly string[]
}

/**
 * Agents: people, models, programs and organizations that bear responsibility for what happened.
 *
 * Every `register…` rejects with `AlreadyExistsError` where the uuid of `id` is taken, and every `getHuman` and so on
 * with `AgentKindMismatchError` where the agent is of another kind.
 */
export interface Agents {
  registerHuman(agent: NewHuman): Promise<HumanAgent>
  /** @throws {UnknownModelError} the tracker's model registry does not have the model. */
  registerMl(agent: NewMl): Promise<MlAgent>
  registerSoftware(agent: NewSoftware): Promise<SoftwareAgent>
  registerOrganization(agent: NewOrganization): Promise<OrganizationAgent>
  /** The agent, of whatever kind. */
  get(id: AgentId): Promise<Agent>
  getHuman(id: AgentId): Promise<HumanAgent>
  getMl(id: AgentId): Promise<MlAgent>
  getSoftware(id: AgentId): Promise<SoftwareAgent>
  getOrganization(id: AgentId): Promise<OrganizationAgent>
  /**
   * Says anew what an agent can do: capabilities that are not named are lost. What is already so writes nothing. Claims
   * that it has are not touched.
   */
  setCapabilities(id: AgentId, capabilities: readonly string[], options?: CommandOptions): Promise<Agent>
  /** Agents in the order in which they were registered. */
  list(options?: AgentListOptions): Promise<Page<Agent>>
  /**
   * Says that `delegate` acts on behalf of `responsible` (PROV-DM 5.3.4), in one activity or altogether.
   *
   * @throws {NotFoundError} one of the two, or the activity, does not exist.
   * @throws {RelationDomainError} one of the two is no agent, or they are the same.
   * @throws {CycleDetectedError} somebody would act on their own behalf.
   */
  delegate(
    delegate: AgentId,
    responsible: AgentId,
    options?: CommandOptions & { readonly activity?: ActivityId },
  ): Promise<Relation>
}
