import { describe, expect, it } from 'vitest';
import { httpRequest } from '#engine/http';
import { requestInfoOf } from './request-info.ts';

describe('what a request asks for', () => {
  it.each([
    ['GET', '/api/v1/namespaces/a/pods', 'list pods a'],
    ['GET', '/api/v1/pods?watch=1', 'watch pods'],
    ['GET', '/api/v1/pods?watch=false', 'list pods'],
    ['GET', '/api/v1/namespaces/a/pods/x', 'get pods a x'],
    ['GET', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx', 'list pods a x'],
    ['PUT', '/api/v1/namespaces/a/pods/x/status', 'update pods/status a x'],
    ['GET', '/api/v1/namespaces/a', 'get namespaces a a'],
    ['PUT', '/api/v1/namespaces/a/finalize', 'update namespaces/finalize a a'],
    ['DELETE', '/apis/apps/v1/namespaces/a/deployments', 'deletecollection apps deployments a'],
    ['PATCH', '/apis/apps/v1/namespaces/a/deployments/x/scale', 'patch apps deployments/scale a x'],
    ['GET', '/api/v1/watch/namespaces/a/configmaps', 'watch configmaps a'],
    ['GET', '/api/v1/namespaces/a/pods/b%2Fc', 'get pods/c a b'],
    ['GET', '/apis/apps', 'get /apis/apps'],
    ['POST', '/version', 'post /version'],
  ])('%s %s', (method, url, expected) => {
    const info = requestInfoOf(httpRequest(method, url));
    const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource;
    const parts = info.isResourceRequest
      ? [info.verb, info.apiGroup, resource, info.namespace, info.name]
      : [info.verb, info.path];
    expect(parts.filter((part) => part !== '').join(' ')).toBe(expected);
  });
});
