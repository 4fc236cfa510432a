# Which digest, and how it moves: docs/decisions/0005-images-pinned-by-digest.md
ARG PYTHON_IMAGE=python:3.13.15-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
# An environment without pip: the finished image cannot install anything into it.
RUN python -m venv --without-pip /opt/jatify
# The dependencies first, so that a change of the sources does not fetch them anew.
COPY pyproject.toml constraints.txt ./
RUN python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' > dependencies.txt \
    && pip --python /opt/jatify/bin/python install --constraint constraints.txt --requirement dependencies.txt
COPY README.md LICENSE ./
COPY src src
RUN pip --python /opt/jatify/bin/python install --constraint constraints.txt .

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/jatify/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 JATIFY_HOST=0.0.0.0 JATIFY_DATA_DIR=/var/lib/jatify
RUN groupadd --gid 10001 jatify \
    && useradd --uid 10001 --gid jatify --home-dir /var/lib/jatify --shell /usr/sbin/nologin jatify \
    && install --directory --owner jatify --group jatify --mode 0700 /var/lib/jatify
COPY --from=build /opt/jatify /opt/jatify
USER 10001:10001
WORKDIR /var/lib/jatify
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ.get('JATIFY_PORT', '8000') + '/health/live', timeout=4)"]
ENTRYPOINT ["jatify"]
CMD ["serve"]
