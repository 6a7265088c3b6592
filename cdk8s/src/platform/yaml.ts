/** Objects as a YAML stream, for files and for people. */
import { Yaml } from 'cdk8s'

export const toYaml = (objects: readonly object[]): string => Yaml.stringify(...objects)

/** The documents of a file. */
export const fromYamlFile = (path: string): unknown[] => Yaml.load(path)
