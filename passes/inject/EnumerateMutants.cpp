//===- EnumerateMutants.cpp - Writes a program's mutants ------------------===//
//
// Each mutant is a clone of the program with one fault, verified, compared with
// the program and with earlier mutants after canonicalisation, and written. All
// files go to a temporary folder that gets its name at the end, so that there
// is a whole set or none.
//
//===----------------------------------------------------------------------===//

#include "passes/inject/Enumerate.h"
#include "passes/inject/Injection.h"
#include "passes/inject/Passes.h"
#include "passes/program/Configuration.h"
#include "passes/program/Sites.h"
#include "passes/torchscript/Plugin.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace dynfault;
using namespace dynfault::inject;
using dynfault::program::Program;

static std::string sha256(StringRef bytes) {
  return llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes)),
                     /*LowerCase=*/true);
}

/// `ACH_fc1_relu_to_tanh-1a2b3c4d`: readable, and distinct by a hash of the
/// key.
static std::string getFileStem(StringRef key) {
  std::string stem;
  for (char c : key)
    stem += llvm::isAlnum(c) || c == '.' || c == '-' ? c : '_';
  stem.resize(std::min<size_t>(stem.size(), 100));
  return stem + "-" + sha256(key).substr(0, 8);
}

namespace {
struct WrittenMutant {
  DictionaryAttr fault;
  std::string key, file, digest;
};

/// Writes the mutants of one module into one folder.
class MutantWriter {
public:
  /// `finisher` runs on each program before it is written, and on no other.
  MutantWriter(ModuleOp module, StringRef format, PassManager &finisher,
               Rejections &rejections)
      : base(module), format(format), finisher(finisher),
        rejections(rejections), canonicalizer(module.getContext()) {
    canonicalizer.addPass(createCanonicalizerPass());
    canonicalizer.enableVerifier(false);
  }

  /// Makes the folder's temporary twin and writes the clean program.
  LogicalResult begin(StringRef folder);
  /// Writes one mutant, or counts why not.
  LogicalResult add(const MutantCandidate &candidate, uint64_t seed);
  /// Writes the manifest and gives the folder its name.
  LogicalResult finish(std::optional<uint64_t> sample, uint64_t seed);
  /// Removes what was written.
  void abandon();

  size_t size() const { return mutants.size(); }

private:
  FailureOr<std::string> write(ModuleOp program, StringRef file);
  std::string canonicalText(ModuleOp module);
  void writeManifest(raw_ostream &os, std::optional<uint64_t> sample,
                     uint64_t seed);
  std::string getPath(StringRef file) {
    SmallString<256> path(temporary);
    llvm::sys::path::append(path, file);
    return path.str().str();
  }
  LogicalResult fail(std::error_code error, StringRef path) {
    return base.emitError()
           << "cannot write '" << path << "': " << error.message()
           << "; give out=... a folder that does not exist yet or is empty, in "
              "one that may be written";
  }

  ModuleOp base;
  StringRef format;
  PassManager &finisher;
  Rejections &rejections;
  PassManager canonicalizer;
  std::string folder;
  SmallString<256> temporary;
  std::string cleanFile, cleanDigest;
  /// Canonical texts, by hash, and the key of what has each.
  llvm::StringMap<std::string> texts;
  SmallVector<WrittenMutant> mutants;
};
} // namespace

std::string MutantWriter::canonicalText(ModuleOp module) {
  OwningOpRef<ModuleOp> copy = module.clone();
  (*copy)->removeAttr(kFaultsAttr);
  // A failure leaves a module that is as comparable as any other.
  (void)canonicalizer.run(*copy);
  std::string text;
  llvm::raw_string_ostream os(text);
  copy->print(os, OpPrintingFlags().useLocalScope());
  return sha256(text);
}

FailureOr<std::string> MutantWriter::write(ModuleOp program, StringRef file) {
  std::string path = getPath(file);
  // What is compared with later mutants stays without probes.
  OwningOpRef<ModuleOp> copy = program.clone();
  ModuleOp module = *copy;
  if (failed(finisher.run(module)))
    return failure();
  if (format == "pt") {
    if (failed(torchscript::writeArchive(module, path)))
      return failure();
    auto written =
        llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
    if (!written)
      return fail(written.getError(), path);
    return sha256((*written)->getBuffer());
  }
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  if (format == "mlirbc") {
    if (failed(writeBytecodeToFile(module, os)))
      return failure();
  } else {
    module.print(os);
    os << '\n';
  }
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (!error) {
    stream << bytes;
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (error)
    return fail(error, path);
  return sha256(bytes);
}

LogicalResult MutantWriter::begin(StringRef out) {
  folder = out.str();
  if (llvm::sys::fs::exists(folder)) {
    std::error_code error;
    llvm::sys::fs::directory_iterator entry(folder, error), end;
    if (error || entry != end)
      return fail(error ? error
                        : std::make_error_code(std::errc::directory_not_empty),
                  folder);
  }
  llvm::sys::fs::createUniquePath(folder + ".%%%%%%.tmp", temporary,
                                  /*MakeAbsolute=*/false);
  if (std::error_code error = llvm::sys::fs::create_directory(temporary))
    return fail(error, folder);
  cleanFile = ("clean." + format).str();
  FailureOr<std::string> digest = write(base, cleanFile);
  if (failed(digest))
    return failure();
  cleanDigest = *digest;
  texts[canonicalText(base)] = "";
  return success();
}

LogicalResult MutantWriter::add(const MutantCandidate &candidate,
                                uint64_t seed) {
  OwningOpRef<ModuleOp> mutant = base.clone();
  FaultSite site;
  for (FaultSite &each : candidate.op->findSites(Program(*mutant)))
    if (each.id == candidate.siteId)
      site = each;
  auto reject = [&](StringRef kind, StringRef reason) {
    ++rejections[{kind.str(), candidate.op->id.str(), reason.str()}];
    return success();
  };
  std::string reason;
  {
    ScopedDiagnosticHandler handler(
        base.getContext(), [&](Diagnostic &diagnostic) {
          if (reason.empty())
            llvm::raw_string_ostream(reason) << diagnostic;
          return success();
        });
    if (failed(applyFault(*mutant, *candidate.op, site, candidate.arguments,
                          seed, candidate.severity)))
      return reject("impossible", reason);
  }
  // A mutant that is no program is a mistake of the operator's.
  if (failed(mlir::verify(*mutant)))
    return base.emitError() << "the mutant " << candidate.key
                            << " does not verify; please report it";

  auto [known, isNew] =
      texts.try_emplace(canonicalText(*mutant), candidate.key);
  if (!isNew)
    return known->second.empty()
               ? reject("unchanged", "the canonicalised program is the same")
               : reject("duplicate", "the same program as " + known->second);
  std::string file = getFileStem(candidate.key) + "." + format.str();
  FailureOr<std::string> digest = write(*mutant, file);
  if (failed(digest))
    return failure();
  auto faults = (*mutant)->getAttrOfType<ArrayAttr>(kFaultsAttr);
  DictionaryAttr own;
  for (auto fault : faults.getAsRange<DictionaryAttr>())
    if (getFaultKey(fault) == candidate.key)
      own = fault;
  mutants.push_back({own, candidate.key, file, *digest});
  return success();
}

static void writeValue(llvm::json::OStream &json, Attribute value) {
  if (auto text = dyn_cast<StringAttr>(value))
    json.value(text.getValue());
  else if (auto integer = dyn_cast<IntegerAttr>(value))
    json.value(integer.getInt());
  else
    json.value(cast<FloatAttr>(value).getValueAsDouble());
}

void MutantWriter::writeManifest(raw_ostream &os,
                                 std::optional<uint64_t> sample,
                                 uint64_t seed) {
  llvm::json::OStream json(os, 2);
  json.object([&] {
    json.attribute("schema", "dynfault.mutants/1");
    json.attribute("program", base.getName().value_or("program"));
    json.attribute("format", format);
    json.attribute("seed", static_cast<int64_t>(seed));
    if (sample)
      json.attribute("sample", static_cast<int64_t>(*sample));
    json.attributeObject("clean", [&] {
      json.attribute("file", cleanFile);
      json.attribute("sha256", cleanDigest);
    });
    json.attributeArray("mutants", [&] {
      for (const WrittenMutant &mutant : mutants)
        json.object([&] {
          json.attribute("id", mutant.key);
          for (StringRef name : {"operator", "class", "site"})
            json.attribute(name,
                           mutant.fault.getAs<StringAttr>(name).getValue());
          json.attributeObject("parameters", [&] {
            for (NamedAttribute parameter :
                 mutant.fault.getAs<DictionaryAttr>("parameters")) {
              json.attributeBegin(parameter.getName());
              writeValue(json, parameter.getValue());
              json.attributeEnd();
            }
          });
          if (auto severity = mutant.fault.getAs<StringAttr>("severity"))
            json.attribute("severity", severity.getValue());
          json.attribute("file", mutant.file);
          json.attribute("sha256", mutant.digest);
        });
    });
    json.attributeArray("rejected", [&] {
      for (const auto &[what, count] : rejections)
        json.object([&, &what = what, count = count] {
          json.attribute("kind", std::get<0>(what));
          json.attribute("operator", std::get<1>(what));
          json.attribute("reason", std::get<2>(what));
          json.attribute("count", static_cast<int64_t>(count));
        });
    });
  });
  os << '\n';
}

LogicalResult MutantWriter::finish(std::optional<uint64_t> sample,
                                   uint64_t seed) {
  // In the order of ids, whatever order they were made in.
  llvm::sort(mutants,
             [](const WrittenMutant &left, const WrittenMutant &right) {
               return left.key < right.key;
             });
  std::error_code error;
  {
    llvm::raw_fd_ostream stream(getPath("manifest.json"), error);
    if (!error) {
      writeManifest(stream, sample, seed);
      stream.close();
      error = stream.error();
      stream.clear_error();
    }
  }
  if (!error)
    error = llvm::sys::fs::rename(temporary, folder);
  if (error)
    return fail(error, folder);
  temporary.clear();
  return success();
}

void MutantWriter::abandon() {
  if (!temporary.empty())
    llvm::sys::fs::remove_directories(temporary);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
class EnumerateMutantsPass
    : public PassWrapper<EnumerateMutantsPass, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(EnumerateMutantsPass)

  EnumerateMutantsPass() = default;
  EnumerateMutantsPass(const EnumerateMutantsPass &other)
      : PassWrapper<EnumerateMutantsPass, OperationPass<ModuleOp>>(other) {}

  StringRef getArgument() const final { return "dynfault-enumerate-mutants"; }
  StringRef getDescription() const final {
    return "Write a program's mutants, all or a sample, and a manifest";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<program::DynfaultDialect, torch::TorchDialect>();
  }
  void runOnOperation() override {
    if (failed(enumerate()))
      signalPassFailure();
    markAllAnalysesPreserved();
  }

private:
  LogicalResult enumerate();
  LogicalResult readOptions(EnumerationOptions &options);

  Option<std::string> out{*this, "out",
                          llvm::cl::desc("The folder to write, which must not "
                                         "exist yet or be empty")};
  Option<uint64_t> sample{
      *this, "sample",
      llvm::cl::desc("At most so many mutants, spread evenly over classes, "
                     "operators and severities; default 0: all"),
      llvm::cl::init(0)};
  Option<uint64_t> seed{
      *this, "seed",
      llvm::cl::desc("Seed of the sample and of everything that is drawn, "
                     "default 0"),
      llvm::cl::init(0)};
  ListOption<std::string> severities{
      *this, "severities",
      llvm::cl::desc("Some of low,medium,high; default: all")};
  ListOption<std::string> operators{
      *this, "operators",
      llvm::cl::desc("Operators' ids, e.g. ACH,HLR; default: all")};
  Option<std::string> format{
      *this, "format",
      llvm::cl::desc("mlir (default), mlirbc or pt: what is written"),
      llvm::cl::init("mlir")};
  Option<std::string> pipeline{
      *this, "pipeline",
      llvm::cl::desc("Passes that run on each program before it is written, "
                     "e.g. dynfault-instrument; default: none")};
};
} // namespace

LogicalResult EnumerateMutantsPass::readOptions(EnumerationOptions &options) {
  ModuleOp module = getOperation();
  if (out.empty())
    return module.emitError("dynfault-enumerate-mutants needs out=FOLDER");
  if (format != "mlir" && format != "mlirbc" && format != "pt")
    return module.emitError()
           << "unknown format '" << format << "'; it is mlir, mlirbc or pt";
  SmallVector<StringRef> ids;
  for (const FaultOperator *op : getFaultOperators())
    ids.push_back(op->id);
  for (const std::string &id : operators) {
    if (const FaultOperator *op = findFaultOperator(id)) {
      if (!llvm::is_contained(options.operators, op))
        options.operators.push_back(op);
      continue;
    }
    StringRef near = program::nearest(id, ids);
    InFlightDiagnostic diagnostic = module.emitError()
                                    << "unknown operator '" << id << "'; ";
    if (!near.empty())
      diagnostic << "did you mean '" << near << "'? ";
    return diagnostic << "the operators are: " << llvm::join(ids, ", ");
  }
  if (operators.empty())
    llvm::append_range(options.operators, getFaultOperators());
  for (const std::string &name : severities)
    if (!llvm::is_contained(kSeverityNames, name))
      return module.emitError()
             << "unknown severity '" << name << "'; it is low, medium or high";
  for (int level = 0; level < 3; ++level)
    if (severities.empty() ||
        llvm::is_contained(severities, kSeverityNames[level]))
      options.severities.push_back(static_cast<Severity>(level));
  options.seed = seed;
  return success();
}

LogicalResult EnumerateMutantsPass::enumerate() {
  ModuleOp module = getOperation();
  EnumerationOptions options;
  if (failed(readOptions(options)))
    return failure();
  // Sites are named in the files, and not in the module that goes on.
  OwningOpRef<ModuleOp> base = module.clone();
  if (failed(program::assignSites(*base)))
    return failure();
  PassManager finisher(module->getContext());
  std::string message;
  llvm::raw_string_ostream messages(message);
  if (failed(parsePassPipeline(pipeline, finisher, messages)))
    return module.emitError()
           << "pipeline='" << pipeline
           << "' cannot be read: " << StringRef(message).split('\n').first;
  Rejections rejections;
  SmallVector<MutantCandidate> candidates =
      findMutants(Program(*base), options, rejections);
  if (sample)
    candidates = stratify(std::move(candidates), seed);

  MutantWriter writer(*base, format, finisher, rejections);
  LogicalResult result = writer.begin(out);
  for (const MutantCandidate &candidate : candidates) {
    if (failed(result) || (sample && writer.size() == sample))
      break;
    result = writer.add(candidate, seed);
  }
  if (succeeded(result))
    result = writer.finish(
        sample ? std::optional<uint64_t>(sample) : std::nullopt, seed);
  if (failed(result))
    writer.abandon();
  return result;
}

std::unique_ptr<Pass> dynfault::inject::createEnumerateMutantsPass() {
  return std::make_unique<EnumerateMutantsPass>();
}
