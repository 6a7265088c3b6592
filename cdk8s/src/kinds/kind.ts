/** What an API object is, and the one way to add it to a chart. */
import { ApiObject } from 'cdk8s'
import type { Construct } from 'constructs'

export interface Metadata {
  /** Always set: a default of cdk8s would carry a hash. */
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

/** A synthesised object: plain JSON. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: Metadata & { ownerReferences?: OwnerReference[] }
  [field: string]: unknown
}

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller: boolean
  blockOwnerDeletion: boolean
}

declare const BODY: unique symbol

export interface Kind<Body extends object = object> {
  apiVersion: string
  kind: string
  /** Of the REST path. */
  plural: string
  /** Whose CustomResourceDefinition it is, in the user's words; undefined: Kubernetes' own. */
  from: string | undefined
  /** Keeps data: the operator may never delete it, and has no right to. */
  data: boolean
  readonly [BODY]?: Body
}

export const kindOf = <Body extends object>(
  apiVersion: string,
  kind: string,
  plural: string,
  { from, data = false }: { from?: string; data?: boolean } = {},
): Kind<Body> => ({ apiVersion, kind, plural, from, data })

/** Marks what outlives the platform under deletionPolicy Retain. */
export const DATA_LABEL = 'quizboard.dev/data'

/**
 * Adds one object. `data`: it, or what it stands for, holds data, also when its kind does not by itself (the Service of a
 * store that is kept).
 */
export const addObject = <Body extends object>(
  scope: Construct,
  { apiVersion, kind, data: kindHasData }: Kind<Body>,
  metadata: Metadata,
  body: Body,
  { data = kindHasData }: { data?: boolean } = {},
): ApiObject =>
  new ApiObject(scope, `${kind}-${metadata.name}`, {
    apiVersion,
    kind,
    metadata: data ? { ...metadata, labels: { ...metadata.labels, [DATA_LABEL]: 'true' } } : metadata,
    ...body,
  })
